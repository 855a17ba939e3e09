"""RRNS of the performance-based capitation (BPJS rule 7/2019): how many of a month's referrals were for first level."""

from dataclasses import dataclass, replace

BEST_PERCENT = 2.0
"""Up to this share the indicator has its best rating."""


@dataclass(frozen=True, slots=True)
class ReferralRatio:
    """A month's vertical referrals of members, by their main diagnosis."""

    referred: int
    """All of them."""
    non_specialist: int
    """Those with a non-specialist diagnosis and without TACC: with TACC they are not counted."""
    unknown: int
    """Those without TACC of which P-Care has not told yet whether the diagnosis is non-specialist."""

    def with_one(self, non_specialist: bool | None, tacc_code: int) -> "ReferralRatio":
        """The same with one referral more."""
        counted = tacc_code <= 0
        return replace(
            self,
            referred=self.referred + 1,
            non_specialist=self.non_specialist + int(counted and non_specialist is True),
            unknown=self.unknown + int(counted and non_specialist is None),
        )

    @property
    def percent(self) -> float:
        """The share of those that are known to be non-specialist; 0 when nobody was referred."""
        return 100 * self.non_specialist / self.referred if self.referred else 0.0
