from affiliates.models.acceptance import Acceptance
from affiliates.models.affiliate_page import AffiliateLink, AffiliatePage
from affiliates.models.application import Application
from affiliates.models.contact import Contact
from affiliates.models.fingerprint import Fingerprint
from affiliates.models.information_request import InformationRequest
from affiliates.models.program_page import AffiliateProgramPage, ApplicationQuestion
from affiliates.models.program_review import ProgramReview
from affiliates.models.spent_challenge import SpentChallenge
from affiliates.models.transition import Transition

__all__ = [
    "Acceptance",
    "AffiliateLink",
    "AffiliatePage",
    "AffiliateProgramPage",
    "Application",
    "ApplicationQuestion",
    "Contact",
    "Fingerprint",
    "InformationRequest",
    "ProgramReview",
    "SpentChallenge",
    "Transition",
]
