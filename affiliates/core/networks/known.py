"""The networks that every site knows, in the order in which a program shows them."""

from django.utils.translation import gettext_lazy as _

from affiliates.core.networks.kinds import Network, account, named

WEBSITE = "website"

_SERVER = r"[^\s@/?#:.\\]+(?:\.[^\s@/?#:.\\]+)+"
"""A host, in any script; it is checked afterwards."""

KNOWN = (
    Network(name=WEBSITE, label=_("Website")),
    Network(
        name="facebook",
        label="Facebook",
        domains=("facebook.com", "fb.com"),
        short=("fb.me", "fb.watch"),
        handle=named(r"[\w.]{3,50}"),
        home=r"https://www.facebook.com/\1",
        pages=(
            r"/groups/[^/?]+",
            r"/pages/[^?]*\d[^/?]*",
            r"/people/[^/?]+/\d+",
            r"/p/[^/?]+",
            r"/share/(?:[^/pvr]/)?[\w-]{5,}",
            r"/profile\.php\?(?:.*&)?id=\d+",
            account(
                r"groups|pages|people|profile\.php|share|p|pg|login|login\.php|home\.php|sharer"
                r"|sharer\.php|l\.php|flx|dialog|watch|reel|reels|events|help|search|hashtag|photo"
                r"|photo\.php|photos|video|videos|story\.php|permalink\.php|posts|media|marketplace"
                r"|gaming|stories|notes|plugins|messages|settings|bookmarks"
            ),
        ),
        moved=(
            (r"[^/]+/pg/([^/?]+).*", r"https://www.facebook.com/\1"),
            (
                r"[^/]+/(?:permalink|story)\.php\?(?:.*&)?id=(\d+)(?:&.*)?",
                r"https://www.facebook.com/profile.php?id=\1",
            ),
        ),
        headings=("fb",),
    ),
    Network(
        name="twitter",
        label="X (Twitter)",
        domains=("twitter.com", "x.com"),
        short=("t.co",),
        handle=named(r"\w{1,15}"),
        home=r"https://x.com/\1",
        pages=(
            r"/i/communities/\d+",
            account(
                "home|login|search|explore|intent|share|hashtag|messages|settings|signup|i|tos"
                "|privacy|notifications|compose|download|jobs"
            ),
        ),
        headings=("x", "twitter/x", "x/twitter", "twitter (x)", "x formerly twitter"),
    ),
    Network(
        name="instagram",
        label="Instagram",
        domains=("instagram.com", "instagr.am"),
        handle=named(r"[\w.]{1,30}"),
        home=r"https://www.instagram.com/\1",
        pages=(
            account(
                "p|reel|reels|tv|stories|explore|accounts|direct|share|channel|s|ar|web|about"
                "|legal|developer|challenge|_u"
            ),
        ),
        moved=(
            (
                r"[^/]+/(?:_u|stories)/(?!highlights(?:[/?]|$))([^/?]+).*",
                r"https://www.instagram.com/\1",
            ),
        ),
        headings=("insta", "ig"),
    ),
    Network(
        name="youtube",
        label="YouTube",
        domains=("youtube.com",),
        short=("youtu.be",),
        handle=named(r"[\w.-]{3,30}"),
        home=r"https://www.youtube.com/@\1",
        pages=(
            r"/channel/UC[\w-]{22}(?:/[a-z]+)?",
            r"/(?:c|user)/[^/?]+",
            account(
                "channel|c|user|watch|shorts|live|results|feed|embed|playlist|v|e|redirect|account"
                "|post|clip|hashtag|gaming|premium|attribution_link|t|about|oembed|signin"
            ),
        ),
        headings=("yt",),
    ),
    Network(
        name="mastodon",
        label="Mastodon",
        handle=rf"([@!])([\w.-]{{1,64}})@({_SERVER})",
        home=r"https://\3/\1\2",
        pages=(r"/@[\w.-]+", r"/(?:c|m|u|a|profile|video-channels)/[\w.-]+"),
        moved=(
            (r"[^/]+/(?:(?:web|deck)/)?@([\w.-]+)@([^/?@]+).*", r"https://\2/@\1"),
            (r"[^/]+/(c|m|u|a)/([\w.-]+)@([^/?@]+).*", r"https://\3/\1/\2"),
            (r"([^/]+)/(?:web|deck)/@([\w.-]+).*", r"https://\1/@\2"),
            (r"([^/]+)/users/([\w.-]+).*", r"https://\1/@\2"),
            (r"([^/]+)/!([\w-]+)", r"https://\1/c/\2"),
        ),
        help=_("Such as @group@mastodon.social. Any server of the fediverse will do."),
        how=_(
            "A whole name there has two parts, such as @group@mastodon.social, and a link looks"
            " like mastodon.social/@group."
        ),
        headings=("fediverse", "masto", "lemmy", "pixelfed"),
    ),
    Network(
        name="bluesky",
        label="Bluesky",
        domains=("bsky.app", "bsky.social"),
        has_www=False,
        handle=r"@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})",
        home=r"https://bsky.app/profile/\1",
        pages=(r"/profile/(?:did:[a-z]+:[\w.:-]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)",),
        moved=((r"([a-z0-9-]+\.bsky\.social)(?:[/?].*)?", r"https://bsky.app/profile/\1"),),
        help=_("Such as @group.bsky.social"),
        how=_(
            "A whole name there has a dot in it, such as @group.bsky.social, and a link looks like"
            " bsky.app/profile/group.bsky.social."
        ),
        headings=("bsky", "blue sky", "bsky.app"),
    ),
    Network(
        name="threads",
        label="Threads",
        domains=("threads.com", "threads.net"),
        handle=named(r"[\w.]{1,30}"),
        home=r"https://www.threads.com/@\1",
        pages=(r"/@[\w.]{1,30}",),
        headings=("threads.net",),
    ),
    Network(
        name="linkedin",
        label="LinkedIn",
        domains=("linkedin.com",),
        short=("lnkd.in",),
        pages=(r"/(?:company|showcase|school|groups|in)/(?!unavailable(?:[/?]|$))[^/?]+",),
        moved=(
            (r"([^/]+)/mwlite(/.+)", r"https://\1\2"),
            (
                r"[^/]+/groups/?\?(?:.*&)?gid=(\d+)(?:&.*)?",
                r"https://www.linkedin.com/groups/\1",
            ),
        ),
        help=_("Such as linkedin.com/company/our-group"),
        how=_(
            "It may lead to a single post. Please press the group’s name there, and copy the"
            " address of its page, such as linkedin.com/company/our-group."
        ),
        headings=("linked in",),
    ),
    Network(
        name="tiktok",
        label="TikTok",
        domains=("tiktok.com",),
        short=("vm.tiktok.com", "vt.tiktok.com"),
        handle=named(r"[\w.]{2,24}"),
        home=r"https://www.tiktok.com/@\1",
        pages=(r"/@[\w.]{2,24}",),
        headings=("tik tok",),
    ),
    Network(
        name="whatsapp",
        label="WhatsApp",
        domains=("whatsapp.com", "wa.me"),
        pages=(r"/channel/\w{10,64}",),
        help=_("The link of a channel, such as whatsapp.com/channel/…"),
        how=_(
            "Only a channel can be shown, whose link starts with whatsapp.com/channel/. An"
            " invitation to a chat would show strangers the phone numbers of its members."
        ),
        headings=("whats app", "wa channel"),
    ),
    Network(
        name="discord",
        label="Discord",
        domains=("discord.com", "discordapp.com", "discord.gg"),
        has_www=False,
        pages=(r"/invite/[\w-]{2,64}", r"/servers/[\w-]+"),
        moved=(
            (
                r"(?:www\.)?discord\.gg/(?:invite/)?([\w-]{2,64})/?(?:\?.*)?",
                r"https://discord.com/invite/\1",
            ),
        ),
        help=_("An invitation that does not expire, such as discord.gg/our-group"),
        how=_(
            "Others need an invitation to come in, such as discord.gg/our-group. In Discord, press"
            " the name of the server, then “Invite People”, and let the invitation never expire."
        ),
        headings=("discord server",),
    ),
    Network(
        name="meetup",
        label="Meetup",
        domains=("meetup.com",),
        short=("meetu.ps",),
        pages=(
            r"/pro/[^/?]+",
            account(
                "find|topics|cities|login|register|members|messages|apps|about|help|blog|pro|home"
                "|events|your-events|lp|media|start|create|settings|privacy|terms|[a-z]{2}-[A-Z]{2}"
            ),
        ),
        moved=((r"([^/]+)/[a-z]{2}-[A-Z]{2}(/.+)", r"https://\1\2"),),
        headings=("meet up", "meetup.com"),
    ),
)
