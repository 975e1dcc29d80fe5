"""Pairs of a sentence and a source, written for this test: the same in other words, and nearly the same but not so."""

import pytest

from qa.checker.check import check

TRUE = [
    ("Rome conquered Gaul.", "Gaul was conquered by Rome in 51 BC."),
    ("Mr Smith left the firm.", "John Smith left the firm in May."),
    ("J. Smith left the firm.", "John Smith left the firm in May."),
    ("NATO was founded in 1949.", "The North Atlantic Treaty Organization (founded in 1949) has its seat in Brussels."),
    ("The National Football League has 32 teams.", "The NFL has 32 teams."),
    ("Profit rose by half a million euros.", "Profit rose by €500,000 last year."),
    ("About 12,000 people came.", "11,936 people came to the fair."),
    ("The road is 1.2 km long.", "The road is 1,200 m long."),
    ("It happened in the 1990s.", "It happened in 1994, in spring."),
    ("The plant opened in the 19th century.", "The plant opened in 1856."),
    ("Revenue was $4.5m.", "Revenue was 4.5 million dollars in 2020."),
    ("The meeting took place on 2020-03-03.", "On 3 March 2020 the meeting took place."),
    ("Between 5 and 10 million people live there.", "5–10 million people live there."),
    ("The war lasted from 1914 to 1918.", "The war (1914–18) lasted four years."),
    ("Anna and Bob founded the company.", "Bob and Anna founded the company in 2001."),
    ("The court, which sits in Paris, rejected the claim.", "The court rejected the claim. It sits in Paris."),
    ("Temperature fell by 5 °C.", "The temperature fell by 5 degrees Celsius."),
    ("THE COURT REJECTED THE CLAIM.", "The court rejected the claim in 2001."),
    ("France's president resigned.", "The president of France resigned on Monday."),
    ("Twenty-five people died.", "25 people died in the fire."),
    ('He said that "we will win".', "He told us: “We will win” and left."),
    ("The well-known author died.", "The well known author died."),
    ("The third quarter was weak.", "The 3rd quarter was weak."),
    ("他出生于1990年。", "他出生于1990年，住在北京。"),
    ("Er verdiente 1.200,50 Euro.", "Er verdiente im Mai 1.200,50 Euro."),
    ("The company did not sign the contract.", "The company refused to sign the contract."),
    ("Sales were 30 % lower than in 2019.", "Compared with 2019, sales were 30 % lower."),
    ("The museum opens at 2 pm.", "The museum opens at 14:00."),
    ("The first president was Mandela.", "Mandela was the first president."),
    ("No payment is required.", "Payment is not required."),
    ("Smith, 45, was arrested on Monday.", "Smith, who is 45, was arrested on Monday in Leeds."),
]
FALSE = [
    ("Gaul conquered Rome.", "Rome conquered Gaul."),
    ("Gaul was conquered by Rome.", "Rome was conquered by Gaul."),
    ("Alice sold the house to Bob.", "Bob sold the house to Alice."),
    ("Profit rose by half a million euros.", "Profit rose by €500 million last year."),
    ("About 13,000 people came.", "11,936 people came to the fair."),
    ("The parcel weighs 5 g.", "The parcel weighs 5 kg."),
    ("The drug dose is 5 mg a day.", "The drug dose is 5 µg a day."),
    ("The meeting was on Tuesday.", "The meeting was on Monday."),
    ("All students passed.", "Some students passed."),
    ("Most students passed.", "Few students passed."),
    ("The drug causes cancer.", "The drug may cause cancer."),
    ("The tenant must pay.", "The tenant may pay."),
    ("The bill passed.", "It is false that the bill passed."),
    ("The minister took bribes.", "The minister denied that he took bribes."),
    ("The treaty was signed.", "The treaty was never signed."),
    ("He stole the money.", "Police alleged that he stole the money."),
    ("John Smith left.", "John Adams stayed. Mary Smith left."),
    ("Revenue was 12 million and costs were 15 million.", "Revenue was 15 million and costs were 12 million."),
    ("Alice scored 18 points.", "Alice scored 24 points. Bob scored 18 points."),
    ("Paris has 2 million people.", "Paris has 2 million tourists and 11 million people."),
    ("Sales increased by 5 %.", "Sales decreased by 5 %."),
    ("The company is profitable.", "The company is unprofitable."),
    ("The trial began in 2012.", "The trial ended in 2012. It was held in London."),
    ("It costs €20.", "It costs $20."),
    ("He was born in 1856 and died in 1943.", "He was born in 1843 and died in 1956."),
    ("More than 50 people died.", "Fewer than 50 people died."),
    ('He said "we will win".', "He said “we may win”."),
    ("The company has no debts.", "The company has debts."),
    ("Dogs bite cats.", "Cats bite dogs."),
    ("The price fell from 10 to 5.", "The price rose from 5 to 10."),
    ("The price rose from 10 to 5 euros.", "The price rose from 5 to 10 euros."),
    ("The defendant was acquitted.", "The defendant was convicted."),
    ("Only adults may enter.", "Adults may enter."),
    ("Marie Curie won two Nobel Prizes.", "Marie Curie won three Nobel Prizes."),
    ("The company was founded by Anna Berg.", "The company was founded by Anna Burg."),
    ("在2012年，他去了北京。", "在2013年，他去了北京。"),
    ("It takes 3 weeks.", "It takes 3 days."),
    ("The law was passed after the war.", "The law was passed before the war."),
    ("The vaccine is 95% effective.", "The vaccine is 59% effective."),
    ("The vaccine is not effective.", "The vaccine is effective."),
    ("Nobody survived.", "Everybody survived."),
    ("Berlin is larger than Paris.", "Paris is larger than Berlin."),
    ("The north is richer than the south.", "The south is richer than the north."),
    ("Ten of the 30 ships sank.", "Thirty of the 10 ships sank."),
    ("The firm paid 3 million dollars to Shell.", "Shell paid 3 million dollars to the firm."),
]


@pytest.mark.parametrize(("sentence", "source"), TRUE, ids=[sentence for sentence, _ in TRUE])
def test_the_same_in_other_words_passes(sentence: str, source: str) -> None:
    assert check(sentence, [source]).support in ("supported", "verbatim")


@pytest.mark.parametrize(("sentence", "source"), FALSE, ids=[sentence for sentence, _ in FALSE])
def test_what_is_nearly_the_same_does_not(sentence: str, source: str) -> None:
    found = check(sentence, [source])
    assert found.support in ("partial", "unsupported")
    assert found.findings


def test_two_spans_together_support_what_neither_does_alone() -> None:
    spans = ["The court in Leeds rejected the claim in 2001.", "Anna Berg founded the company with 12 engineers."]
    both = "The court in Leeds rejected the claim in 2001, and Anna Berg founded the company with 12 engineers."
    assert [check(both, [span]).support for span in spans] != ["supported", "supported"]
    assert check(both, spans).support == "supported"


def test_a_title_counts_as_said_where_it_is_given() -> None:
    span = "It was founded in 1949 and has its seat in Brussels."
    assert check("The Alliance was founded in 1949.", [span]).support != "supported"
    assert check("The Alliance was founded in 1949.", [span], context=["The Alliance"]).support == "supported"


def test_nothing_cited_and_nothing_said() -> None:
    assert check("The court rejected the claim.", []).support == "unsupported"
    assert check("Yes, it is.", ["The court rejected the claim."]).support == "partial"


def test_similarity_lifts_free_wording_and_lowers_what_only_shares_words() -> None:
    source = "The old museum by the harbour was sold to a family from Oslo last winter, the mayor of the town said."
    free = "The harbour museum was sold to an Oslo family, regretfully."
    near = check(free, [source], similarity=lambda sentence, texts: [0.95] * len(texts)).support
    far = check(free, [source], similarity=lambda sentence, texts: [-0.5] * len(texts)).support
    assert ["unsupported", "partial", "supported"].index(near) > ["unsupported", "partial", "supported"].index(far)
