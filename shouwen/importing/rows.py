"""What may be wrong with a row: it cannot become a case, or becomes one that is not quite as written."""

from dataclasses import dataclass

from shouwen.words import Words

BLANK = Words("不能为空", "must not be blank")
UNMAPPED = Words("映射里没有这个类别", "the mapping does not name this category")
NO_DEPARTMENT = Words(
    "映射的 departments.map 里没有这个部门", "departments.map of the mapping does not name this department"
)
NO_SEVERITY = Words("映射的 severities.map 里没有这个级别", "severities.map of the mapping does not name this severity")
NOWHERE = Words(
    "没有写明项目；可在映射的 sites.other 写一个项目代码",
    "it names no place; sites.other of the mapping may name a site for such rows",
)


class Unusable(Exception):
    """A row that cannot become a case."""

    def __init__(self, part: str, value: str, words: Words) -> None:
        """Name the *part* at fault, what stood there, and why not."""
        super().__init__(words.en)
        self.part, self.value, self.words = part, value, words


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that is imported, but not quite as written."""

    part: str
    value: str
    words: Words
