"""The agent. This is the file to replace; `answer` is all that the host calls.

`answer(turn)` is called once for each turn and yields its events: dicts as in docs/AGENT-PROTOCOL.md, "What a host
sends", without `session_id`, `turn_id`, `seq` and `at`, which the host adds. When it returns, the turn is over.

  turn.text, turn.input    what the person wrote; all blocks, with the paths of the files that came with it
  turn.workspace           the folder (a Path) that this session shares with surfaces
  turn.conversation        yours: None at the beginning, then whatever JSON value you left there
  await turn.ask(…)        asks the person; may take hours, and survives lost connections
  await turn.offer(path)   the `file.offer` event of a file in the workspace, to be yielded
  turn.stop_reason         set it where the turn does not end with `end_turn`, for example to `max_tokens`
  raise Failure(code, …)   ends the turn with an error; any other exception is `internal`

A cancelled turn raises asyncio.CancelledError where you wait: clean up in `finally`, and do it within a second. Never
block the event loop: what computes, or waits without `await`, belongs into `asyncio.to_thread`.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from protocol import Failure
from turn import Turn

AGENT = {"name": "echo", "version": "1"}
# What is false is answered with `unsupported` ("Capabilities"). Snapshots are the host's: leave them on.
CAPABILITIES = {"snapshots": True, "permissions": True, "files": True, "images": False, "context": False}


async def answer(turn: Turn) -> AsyncGenerator[dict]:
    """An echo, and by its first words whatever else a turn can be; README.md has them for the conformance suite."""
    before, turn.conversation = turn.conversation or [], [*(turn.conversation or []), turn.text]
    pause = 0.02
    match turn.text.split():
        case ["count", "to", number] if number.isdigit():
            text, pause = " ".join(str(count) for count in range(1, int(number) + 1)), 0.01
        case ["recall"]:
            text = "You wrote before: " + "; ".join(before)
        case ["ask", "to", *_]:
            text = await ask(turn, turn.text.removeprefix("ask to "))
        case ["file", name]:
            path = turn.workspace / Path(name).name
            path.write_text(f"Written for {turn.session_id}.\n")
            yield await turn.offer(path.name)
            text = f"Here is `{path.name}`."
        case ["tool"]:
            yield tool("in_progress")  # From here on the turn is not offered again when it fails.
            await asyncio.sleep(3)
            yield tool("completed")
            text = "The tool has done its work."
        case ["fail" | "crash" as how]:
            yield delta("This answer began well, but then")
            raise Failure("agent_crashed" if how == "crash" else "internal", "The agent failed, as it was asked to.")
        case ["hang"]:
            yield delta("Let me think")
            await asyncio.Event().wait()
            return
        case _:
            text = f"You wrote: “{turn.text}”. This is message {len(turn.conversation)} of our conversation."
    for index, word in enumerate(text.split(" ")):
        yield delta(word if index == 0 else f" {word}")
        await asyncio.sleep(pause)
    yield {"type": "message.done", "message_id": "answer", "channel": "answer"}


async def ask(turn: Turn, what: str) -> str:
    resolution = await turn.ask(
        title=what,
        options=[
            {"option_id": "allow-once", "name": "Allow", "kind": "allow_once"},
            {"option_id": "reject-once", "name": "Do not allow", "kind": "reject_once"},
        ],
    )
    # By kind, never by place: "answer by kind, their order means nothing".
    return f"Done: {what}" if resolution["kind"] in ("allow_once", "allow_always") else f"Not done: {what}"


def delta(text: str) -> dict:
    return {"type": "message.delta", "message_id": "answer", "channel": "answer", "text": text}


def tool(status: str) -> dict:
    about = {"title": "Working for 3 s", "kind": "execute"}
    return {"type": "tool_call.update", "tool_call_id": "tool-1", "status": status, **about}
