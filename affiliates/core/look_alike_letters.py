"""Letters of other alphabets that look like Latin ones, after Unicode's confusables (UTS #39)."""

import unicodedata

_PAIRS = (
    ("АВЕЅІЈКМНОРСТУХҮԌԜѴӀԚ", "ABESIJKMHOPCTYXYGWVlQ"),  # Cyrillic
    ("аеѕіјорсухһԁԛԝӏүѵгпьвмктнѡ", "aesijopcyxhdqwlyvrnbbmkthw"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ", "ABEZHIKMNOPTYXCM"),  # Greek
    ("αβεικνορτυχγηωϲϳμ", "abeikvoptuxynwcju"),
    ("ՕՍՏԼօսոհցզ", "OUSLounhgq"),  # Armenian
    ("ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃᎩᎥ", "ABCDEGHJKLMPRSTVWZYi"),  # Cherokee
    ("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "ABCDEFGHIJKLMNOPRSTUVWXYZ"),  # Lisu
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩ", "abcdefghijklmnoprstuvwyzagi"),  # phonetic
)
_LATIN = str.maketrans({one: other for pair in _PAIRS for one, other in zip(*pair, strict=True)})


def latin_look(text: str) -> str:
    """The text as it looks to a reader of Latin, without accents: “Ohio”, also if it begins with a
    Cyrillic letter.
    """
    return text if text.isascii() else _without_marks(text).translate(_LATIN)


def disguised(text: str) -> str:
    """What ``text`` looks like in Latin letters, if some of its letters only look so, else ""."""
    look = latin_look(text)
    letters = "".join(filter(str.isalpha, look))
    return look if look != _without_marks(text) and letters.isascii() else ""


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one))
