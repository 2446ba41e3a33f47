"""The demo's settings, for clients that send hundreds of forms a minute from one address."""

from program_site.settings.demo import *

AFFILIATES = {
    "MINIMUM_SECONDS": 0,
    "MINIMUM_SECONDS_WITHOUT_PROOF": 0,
    "QUOTA_PER_NETWORK": 1_000_000,
    "QUOTA_PER_NETWORK_WITHOUT_PROOF": 1_000_000,
    "MAILS_PER_ADDRESS": 1_000_000,
}
