"""The site that somebody asks about, or that there is none."""

from shared.contracts.wording import text
from shared.organisation.records import Site
from shared.rules.book import Book, UnknownSite
from shared.web.problems import Problem, refuse


def no_such_site(site: str) -> Problem:
    """The refusal of a site that does not exist or is out of sight; both answer the same."""
    return refuse("unknown_site", text("没有这个项目：{site}", site=site), status=404, field="/site")


def site_of(book: Book, site: str) -> Site:
    """The site of that id.

    Raises:
        Problem: 404; the directory knows none.
    """
    try:
        return book.site(site)
    except UnknownSite:
        raise no_such_site(site) from None
