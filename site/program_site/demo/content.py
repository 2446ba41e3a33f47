"""The words of the demo: the affiliate program of the Alliance Against Seclusion and Restraint.

Rich text is plain HTML of the features that the fields allow. Statements are plain text, one
string per block. QUESTIONS are keyword arguments of ``ApplicationQuestion``; ``choices`` are one
per line, as Wagtail's form builder keeps them.
"""

SITE_NAME = "Alliance Against Seclusion and Restraint"

HOME_TITLE = "Affiliate network"
HOME_HEADLINE = "No child behind a closed door."

HOME_LEAD = (
    "Across the United States and Canada, local groups are working to end restraint, seclusion and "
    "corporal punishment. This network brings them together, so that no family stands alone."
)

HOME_BODY = """
<p>The Alliance Against Seclusion and Restraint (AASR) wants every child to be safe at school and
at home. Holding children down, shutting them in rooms and hitting them does not teach them
anything. It hurts them, and it breaks their trust in the adults who should help.</p>
<p>Laws and habits change close to home: in a district, in a state house, in one school after
another. That is the work of our affiliates. They are parents, people who lived through restraint
and seclusion, teachers and neighbors. Each group is independent. What they share is a set of
beliefs, and each other.</p>
"""

BADGE_TITLE = "Badge of an affiliate"
PROGRAM_TITLE = "Affiliate groups"
PROGRAM_SLUG = "affiliates"

INTRODUCTION = """
<p>An affiliate is an independent group that works for change in its state, province or town and
shares the beliefs of the Alliance Against Seclusion and Restraint (AASR). It is not a branch of
AASR: it has its own leaders, makes its own decisions and runs its own programs, as long as they
fit what we all believe.</p>
<p>Together we want to change policy and practice. Punishment and outdated ways of managing
behavior should shrink until they are gone, and no child should be pushed out of school and
towards prison.</p>
"""

BELIEFS = (
    "Physical restraint and seclusion must be reduced and ended, in every place where they happen.",
    "Corporal punishment must end everywhere, in schools as well as at home.",
    "We do not support approaches that are built on making children comply, such as behaviorism.",
    "We support approaches that understand trauma, agree with what science knows about the brain, "
    "rest on good relationships, and solve problems together with the child.",
)

OBLIGATIONS = (
    "We support the core beliefs in what we say and in what we do.",
    "We name one person as our contact, who tells AASR regularly what our group is doing.",
    "We show an AASR affiliate graphic on our website or on social media.",
    "We speak for our own group only. When people ask what AASR thinks, we send them to AASR.",
)

BENEFITS = (
    "Guidance and support: AASR answers your questions and helps you to plan.",
    "A louder voice: AASR passes on your message, so that it reaches more people.",
    "Help on the ground: AASR backs your group’s work for change where you live.",
    "Other groups to lean on: AASR brings affiliates together to share what works.",
)

HOW_TO_APPLY = """
<p>The form takes about ten minutes. Have these things at hand:</p>
<ul>
<li>the name of your group, where it works, and one or two sentences about it</li>
<li>links to your website or social media, if you have any</li>
<li>the name and e-mail address of a contact, and of a second one if you can. We never publish
them.</li>
</ul>
<p>You can save the form and finish it later.</p>
"""

QUESTIONS = (
    {
        "label": "What is your group working on right now?",
        "field_type": "multiline",
        "required": False,
        "help_text": "A bill, a school board, families who need help: a few words are enough.",
    },
    {
        "label": "About how many people take part in your group?",
        "field_type": "dropdown",
        "required": False,
        "choices": "1 to 10\n11 to 50\n51 to 200\nMore than 200",
        "help_text": "Small groups are as welcome as large ones.",
    },
    {
        "label": "How did you hear about the affiliate program?",
        "field_type": "singleline",
        "required": False,
        "help_text": "",
    },
)

CONTACT_NAME = "Affiliate team"
CONTACT_EMAIL = "affiliates@example.org"
