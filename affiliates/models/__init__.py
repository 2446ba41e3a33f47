"""The models of the app."""
# ruff: noqa: F401

from affiliates.models.affiliate_page import AffiliateLink, AffiliatePage
from affiliates.models.affiliation import (
    Affiliation,
    Contact,
    Notice,
    ProfileChange,
    StaffNote,
)
from affiliates.models.application import Acceptance, Application, Fingerprint, InformationRequest
from affiliates.models.badge_look import BadgeLook
from affiliates.models.closure import Closure
from affiliates.models.program_page import AffiliateProgramPage, ApplicationQuestion, ProgramReview
from affiliates.models.records import (
    ImportColumns,
    ImportStep,
    ImportUpload,
    LinkRequest,
    SpentChallenge,
    Transition,
)
from affiliates.models.requirements import (
    Commitment,
    Document,
    Proof,
    PublishedStatement,
    Requirement,
    RequirementQuestion,
    StatementChange,
)
from affiliates.models.updates import ContactUpdate, SupportRequest, UpdateRequest
