"""Messages that ask nothing: a greeting, thanks, an "ok", a farewell. They get a fixed reply; nothing is searched.

A message is one only if all of it is: what asks something as well ("Thanks! And who signed it?") is a question.
"""

import re

from qa import prompts
from qa.answer import Answer, Turn
from qa.ask import Ask

__all__ = ["MODEL", "courtesy_answer", "courtesy_of", "spoken"]

MODEL = "courtesy"
LONGEST = 80  # characters
# What is said, in some languages; of several in one message the first kind here gets the reply. Nothing that a search
# may mean by itself ("nice", "fine", "salut") stands alone here.
_SAID = {
    "thanks": (
        "thanks", "thank you", "thank you kindly", "many thanks", "much appreciated", "thx", "cheers", "that helps",
        "that helped", "that was helpful", "very helpful", "merci", "merci bien", "merci beaucoup", "danke",
        "danke schön", "danke sehr", "vielen dank", "gracias", "muchas gracias", "grazie", "grazie mille", "obrigado",
        "obrigada", "muito obrigado", "dank je", "dank u", "bedankt", "dziękuję", "спасибо", "谢谢",
        "ありがとう",
    ),
    "farewell": (
        "bye", "bye bye", "goodbye", "good bye", "good night", "see you", "see you later", "au revoir", "tschüss",
        "auf wiedersehen", "adiós", "hasta luego", "arrivederci", "tot ziens", "до свидания", "再见", "さようなら",
    ),
    "greeting": (
        "hello", "hi", "hey", "hi there", "hello there", "hey there", "good morning", "good afternoon", "good evening",
        "greetings", "bonjour", "bonsoir", "hallo", "guten tag", "guten morgen", "guten abend", "hola", "buenos días",
        "buenas tardes", "ciao", "buongiorno", "olá", "bom dia", "goedemorgen", "hej", "cześć", "привет",
        "здравствуйте", "你好", "こんにちは",
    ),
    "agreement": (
        "ok", "okay", "okey", "alright", "all right", "got it", "i see", "understood", "great", "perfect", "awesome",
        "excellent", "wonderful", "well done", "good job", "good", "cool", "yes", "yep", "no", "nope", "sure",
        "d'accord", "verstanden", "alles klar", "va bene", "хорошо", "好的",
    ),
}  # fmt: skip
_ADDED = (
    "so much", "very much", "a lot", "a million", "again", "there", "everyone", "all", "then", "footnote", "for that",
    "for this", "for your help", "for the help", "and", "now", "so", "very", "oh", "ah", "well", "that's", "that is",
    "it is", "it's",
)  # fmt: skip
_KIND = {phrase: kind for kind, phrases in _SAID.items() for phrase in phrases}
_PARTS = "|".join(map(re.escape, sorted((*_KIND, *_ADDED), key=len, reverse=True)))
_PART = re.compile(rf"({_PARTS})(?!\w)[\W_]*")


def courtesy_of(message: str) -> str | None:
    """Which kind of courtesy a message is, None where it says or asks anything else."""
    rest = message.casefold().replace("’", "'").strip()
    if len(rest) > LONGEST or rest.endswith(("?", "？")):
        return None
    found = []
    at = len(rest) - len(rest.lstrip("¡!.,;:-—– "))
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None:
            return None
        found.append(_KIND.get(part[1]))
        at = part.end()
    return next((kind for kind in _SAID if kind in found), None)


def courtesy_answer(ask: Ask) -> Answer | None:
    """The reply to a courtesy, which claims nothing and so cites nothing; None to any other message."""
    kind = courtesy_of(ask.question)
    if kind is None:
        return None
    nothing = {"encode": 0.0, "search": 0.0, "answer": 0.0, "total": 0.0}
    reply = prompts.COURTESIES[kind]
    return Answer(ask.question, (), "not_in_documents", reply, 0.0, MODEL, timings_ms=nothing)


def spoken(history: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The turns of a conversation that are about something: without courtesies and the replies to them."""
    return tuple(turn for turn in history if not (courtesy_of(turn.text) or turn.text in prompts.COURTESIES.values()))
