"""What a customer may agree to, by the number under which a case keeps it."""

from collections.abc import Mapping

from shared.organisation.records import Named

CONSENTS: Mapping[str, Named] = {
    "CN-1": Named("同意等到白班处理", "agrees to wait for the day shift"),
    "CN-2": Named("同意改期答复", "agrees to a later reply"),
    "CN-3": Named("同意方案并立即处理", "agrees to the proposal, to be done at once"),
    "CN-4": Named("同意上门时间和入户", "agrees to the time of the visit and to entry"),
    "CN-5": Named("同意提供联系方式（租赁）", "agrees that contact details are given (letting)"),
    "CN-6": Named("接受室内物品免责", "accepts no liability for belongings indoors"),
    "CN-7": Named("同意更换门锁", "agrees to a change of the lock"),
    "CN-8": Named("同意他人代领钥匙", "agrees that somebody else collects the keys"),
    "CN-9": Named("同意暂停通话", "agrees to pause the call"),
    "CN-10": Named("签字确认", "signs for it"),
}
"""Source: requirements §3.43."""


def consent_named(consent: str) -> Named:
    """What a consent says; a word that is none of them stays as it is."""
    return CONSENTS.get(consent, Named(consent, consent))
