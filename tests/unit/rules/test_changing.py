"""`shared.rules.changing`: a quicker `dataclasses.replace`."""

from dataclasses import dataclass, replace

import pytest

from shared.rules.changing import changed


@dataclass(frozen=True, slots=True)
class Base:
    """Two fields."""

    name: str
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class More(Base):
    """And a third."""

    flag: bool = False


@pytest.mark.parametrize("fields", [{}, {"name": "b"}, {"name": "b", "sizes": (1,)}])
@pytest.mark.parametrize("one", [Base("a", (2, 3)), More("a", (2, 3), flag=True)])
def test_it_answers_as_replace_does(one: Base, fields: dict[str, object]) -> None:
    before = replace(one)
    assert changed(one, **fields) == replace(one, **fields)  # type: ignore[arg-type]  # fields of any kind
    assert one == before


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError):
        changed(Base("a"), size=1)
