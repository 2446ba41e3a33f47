from affiliates.models.acceptance import Acceptance
from affiliates.models.affiliate_page import AffiliateLink, AffiliatePage
from affiliates.models.affiliation import Affiliation
from affiliates.models.application import Application
from affiliates.models.contact import Contact
from affiliates.models.contact_update import ContactUpdate
from affiliates.models.fingerprint import Fingerprint
from affiliates.models.import_upload import ImportUpload
from affiliates.models.information_request import InformationRequest
from affiliates.models.link_request import LinkRequest
from affiliates.models.notice import Notice
from affiliates.models.profile_change import ProfileChange
from affiliates.models.program_page import AffiliateProgramPage, ApplicationQuestion
from affiliates.models.program_review import ProgramReview
from affiliates.models.spent_challenge import SpentChallenge
from affiliates.models.support_request import SupportRequest
from affiliates.models.transition import Transition
from affiliates.models.update_request import UpdateRequest

__all__ = [
    "Acceptance",
    "AffiliateLink",
    "AffiliatePage",
    "AffiliateProgramPage",
    "Affiliation",
    "Application",
    "ApplicationQuestion",
    "Contact",
    "ContactUpdate",
    "Fingerprint",
    "ImportUpload",
    "InformationRequest",
    "LinkRequest",
    "Notice",
    "ProfileChange",
    "ProgramReview",
    "SpentChallenge",
    "SupportRequest",
    "Transition",
    "UpdateRequest",
]
