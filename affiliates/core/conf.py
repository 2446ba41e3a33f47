"""Typed settings of the app; see ``workflows.core.conf``."""

from collections.abc import Mapping

from workflows.core.conf import LiveSettings


class AffiliatesSettings(LiveSettings):
    dictionary = "AFFILIATES"

    DRAFT_LINK_DAYS: int = 30
    """How long the link to a saved draft works."""

    STATUS_LINK_DAYS: int = 180
    """How long the link to an application's status works."""

    UPDATE_LINK_DAYS: int = 180
    """How long the link to answer a request for an update works."""

    AFFILIATE_LINK_DAYS: int = 365
    """How long the link to an affiliate's own page works."""

    FRONT_END_LINKS: Mapping[str, str] = {}
    """Where mailed links lead instead of to this site's pages, by what they open (``draft``,
    ``status``, ``update``, ``affiliate``): ``{"update": "https://www.example.org/news/#{token}"}``.
    """

    FIRST_UPDATE_DAYS: int = 28
    """A new affiliate is not asked for an update for so many days."""

    SHORTEST_NOTICE_DAYS: int = 7
    """An update that is asked for late, after an outage say, is due so many days later at least."""

    MINIMUM_SECONDS: int = 3
    """A form sent sooner than this after it was shown is asked to be sent again."""

    MINIMUM_SECONDS_WITHOUT_PROOF: int = 10
    """The same for a browser that did no proof of work, as without scripts."""

    QUOTA_PER_NETWORK: int = 20
    """Applications and drafts an hour from one network (IPv4 /24, IPv6 /48)."""

    QUOTA_PER_NETWORK_WITHOUT_PROOF: int = 5
    """The same for browsers that did no proof of work."""

    MAILS_PER_ADDRESS: int = 5
    """Emails a day to one mailbox that strangers can cause by typing its address, of all kinds."""

    CONTACT_CHANGES_PER_DAY: int = 3
    """How often a day the contacts of one affiliate can get another address: each is an email to
    someone who may not expect it."""

    UNSUBSCRIBE_DAYS: int = 90
    """For how many days reminders are paused by the unsubscribe button of a mail program."""

    PROOF_COST: int = 1
    """Hash rounds per guess of the proof of work."""

    PROOF_PREFIX: str = "0000"
    """Hexadecimal digits a solution must start with: each digit makes it 16 times harder."""

    PROOF_MINUTES: int = 60
    """How long a challenge can be solved and used."""

    TRUSTED_PROXIES: int = 0
    """Proxies in front of the site whose entries in X-Forwarded-For can be believed."""

    DIRECTORY_WHOLE: int = 20
    """A directory of up to this many affiliates stands on its program's page as a whole, by
    region. A longer one has a search form and comes in pages."""

    DIRECTORY_PAGE: int = 20
    """Affiliates on one page of a longer directory."""

    PAGES_FRESH_SECONDS: int = 300
    """How long a public page is kept after which nothing has changed; 0: each is made anew. Changes
    that Django does not hear of, such as SQL updates, are seen after this time."""

    CDN_SECONDS: int = 0
    """How long a CDN may keep public pages (``s-maxage``). It should be told what has changed, by
    ``wagtail.contrib.frontend_cache``."""

    API_ALLOWED_ORIGINS: tuple[str, ...] = ()
    """Sites whose scripts may use the API (CORS), as ``https://example.org``; ``*`` for all."""

    API_READS_PER_MINUTE: int = 600
    """Requests to the API that one network may make to read; 0 for no limit."""

    API_WRITES_PER_MINUTE: int = 30
    """Requests to the API that one network may make to send something; 0 for no limit."""

    API_FRESH_SECONDS: int = 60
    """How long public answers of the API are kept, here and by whoever asked."""

    API_BODY_BYTES: int = 64_000
    """The largest body that the API reads."""

    API_APPLICATION_BYTES: int = 200_000
    """The same of an application or a draft, with its many texts."""

    EMBED_ANCESTORS: tuple[str, ...] = ()
    """Sites beside this one that may show the directory in a frame, as ``https://example.org`` or
    ``https://*.example.org``; ``*`` for all. No other page may ever stand in a frame."""

    BADGE_LOOK_DAYS: int = 7
    """How often a worker looks whether a group's website shows the badge. After a look that did not
    find it, the next one is a day later. 0: never; then groups are asked, and tell us."""

    BADGE_PAUSE_SECONDS: float = 1.0
    """Between two requests to one website while a worker looks for the badge."""

    BADGE_ALLOW_PRIVATE: bool = False
    """Whether it may look at private networks, this machine itself and any port. For tests."""

    CARD_FONT: str = ""
    """Path of a TrueType font for the pictures beside shared links; empty: the one in Pillow, which
    has no accents and none but Latin letters."""

    CARD_COLORS: tuple[str, str, str] = ("#093f45", "#f4fbfa", "#ffc94d")
    """Of those pictures: the ground, the words, and the mark at the edge."""


settings = AffiliatesSettings()


OUR_APPS = ("affiliates", "affiliate_workflows")
"""By their labels: whose tables are exported, and searched for a person."""
