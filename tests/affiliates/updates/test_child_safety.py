"""What the moderator's eye is led to, and what not. All sentences are made up."""

import pytest

from affiliates.updates.child_safety import find_risks

RISKY = (
    "My son Marcus was locked in a room.",
    "our daughter, Lily, came home with bruises",
    "Her grandson Tyrell was restrained",
    "We met a boy named Jonah at the hearing.",
    "A child called Emma spoke.",
    "Marcus, my son, is doing better.",
    "Marcus (8) was restrained twice.",
    "Ava, 7, was held down.",
    "Ava is 7 years old.",
    "The 9-year-old Noah was dragged.",
    "a nine-year-old boy, Noah, was dragged",
    "Sofia is in 3rd grade.",
    "Liam, a fourth-grader, spoke.",
    "It happened at Lincoln Elementary.",
    "Teachers at Oak Hill Middle School apologized.",
    "She attends St. Mary Academy.",
    "They closed the room at PS 118.",
    "He goes to Jefferson HS now.",
    "Our son J. was secluded.",
    "The student, J.D., was restrained",
    "K.M. was secluded eleven times.",
    "my autistic son Ethan",
    "Washington High School has stopped.",
    "Our student Maya spoke to the board.",
    "the mother of Dylan, age 6, told us",
)
ORDINARY = (
    "We met the school board on Tuesday.",
    "Every child deserves safety.",
    "Our children are people.",
    "Michigan Senate Bill 12 passed.",
    "We spoke to 40 parents in Ohio.",
    "The School Board voted 5 to 2.",
    "Public School Administrators wrote to us.",
    "The Department of Education agreed.",
    "Our students May testify next week.",
    "Seclusion should end in every Elementary School.",
    "A parent said that children are afraid.",
    "Keep All Students Safe Act was introduced.",
    "Our group grew to 12 members.",
    "We trained 15 teachers.",
    "In May, 9 families came.",
    "The U.S. House has a hearing.",
    "Senator Smith is our ally.",
    "Maria Lopez, our chair, spoke.",
    "We ask each High School for data.",
    "The child Protective Services office answered.",
    "Dr. Green, 14 Main Street, hosts us.",
    "On March 7, we met the governor.",
    "Ohio, 12 counties, now has a rule.",
    "P.S. We need volunteers.",
    "Our kids deserve better.",
    "Students with disabilities were restrained 1,200 times in Michigan.",
    "We wrote to the Detroit School District.",
    "The Grand Rapids School Board meets Monday.",
    "Our daughter group in Ohio started.",
    "The state has 800 schools.",
    "Parents in grades 3 to 5 met.",
    "Safe Schools Ohio hosted a webinar.",
    "Governor Whitmer is 1 of 3 supporters.",
    "The Child Safety Coalition joined us.",
    "We gathered 300 signatures in Lansing, 5 more than in June.",
)


@pytest.mark.parametrize("sentence", RISKY)
def test_sentence_that_may_name_a_child_or_a_school_is_found(sentence):
    findings = find_risks(f"We have news. {sentence} Thank you.")
    assert findings
    assert all(finding.words in sentence for finding in findings)


@pytest.mark.parametrize("sentence", ORDINARY)
def test_ordinary_sentence_is_left_alone(sentence):
    assert find_risks(f"We have news. {sentence} Thank you.") == []


def test_ordinary_text_as_a_whole_is_left_alone():
    assert find_risks(" ".join(ORDINARY)) == []


def test_findings_come_in_the_order_of_the_text_and_once():
    text = "At Lincoln Elementary our son Marcus was held. At Lincoln Elementary it happens."
    assert [finding.words for finding in find_risks(text)] == [
        "Lincoln Elementary",
        "our son Marcus",
    ]


def test_sentence_for_people_quotes_the_words():
    (finding,) = find_risks("our daughter Lily")
    assert finding.sentence == "This may name a child: “our daughter Lily”."


@pytest.mark.parametrize("text", ["", "\0", "a " * 2500, "A" * 5000, "Aa " * 1700, "my son " * 700])
def test_odd_text_is_no_trouble(text):
    find_risks(text)
