"""Who answers for a site, as its pages name them. A value: settings or a domain say what is in it, pages show it."""

from dataclasses import dataclass
from typing import Final

NUMBER_CHARS_MAX: Final = 64  # Shown of a filing number; real ones have some 25. A page stays within its limit.


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Who is responsible, how to reach them, and under which numbers the site is filed in China. None: not set."""

    operator: str | None = None
    contact: str | None = None
    icp_number: str | None = None
    police_number: str | None = None

    @property
    def filings(self) -> tuple[tuple[str, str], ...]:
        """The numbers that are set, each with the address where the authority asks us to lead."""
        numbers = ((self.icp_number, "https://beian.miit.gov.cn/"), (self.police_number, "https://beian.mps.gov.cn/"))
        return tuple((number[:NUMBER_CHARS_MAX], authority) for number, authority in numbers if number)


NO_IMPRINT: Final = Imprint()
