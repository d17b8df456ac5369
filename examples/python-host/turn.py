"""One turn: its events, their log, and what the agent may do in it."""

import asyncio
import hashlib
import json
import logging
import mimetypes
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from protocol import Failure, check

PERMISSION_TTL_S = 24 * 3600
# "The turn ends with `cancelled`, within 2 s": an agent that does not stop in this time is left behind.
CANCEL_GRACE_S = 1.0
# Characters of one delta. Escaped as JSON they stay well below max_frame_bytes.
DELTA_LENGTH = 32_768

log = logging.getLogger("host")


class Turn:
    """Running, or over and read from its log. It belongs to no connection: "Rules", a turn goes on without clients."""

    # What the agent uses; the host fills it in before it calls `answer`.
    input: list[dict]
    workspace: Path
    conversation = None
    stop_reason = "end_turn"

    def __init__(self, header: dict, frames: list[str], log_path: Path):
        self.header = header
        self.session_id, self.turn_id = header["session_id"], header["turn_id"]
        self.ended = self.cancelled = self.tool_started = False
        self.files: set[str] = set()
        self._offered = 0
        self.attached: list = []  # Connections, in the order in which they attached.
        self.permissions: dict[str, tuple[list[dict], asyncio.Future]] = {}  # Those that wait for the person.
        self.resolved: dict[str, tuple[str, str | None]] = {}
        self.work: asyncio.Task | None = None
        self.done = asyncio.Event()
        self._news = asyncio.Event()
        self._unsaved = b""
        self.frames = frames  # frames[i] has seq i + 1, and is sent exactly like this, however often.
        for frame in frames:
            self._note(json.loads(frame))
        # A new log begins with its header; behind a line that a kill cut off, a new line begins.
        self._log = None if self.ended else open(log_path, "ab" if frames else "wb", buffering=0)
        if not self.ended:
            self._save("" if frames else json.dumps(header))

    # For the agent

    @property
    def text(self) -> str:
        return "\n".join(block["text"] for block in self.input if block["type"] == "text")

    async def ask(self, title: str, options: list[dict], description: str = "") -> dict:
        """`outcome` (selected, cancelled, expired), the `kind` of the option selected, and the person's `reason`."""
        permission_id = f"permission-{len(self.permissions) + len(self.resolved) + 1}"
        future = asyncio.get_running_loop().create_future()
        self.permissions[permission_id] = (options, future)
        if len(self.permissions) == 1:
            self.emit({"type": "turn.state", "state": "requires_action"})
        expires_at = (datetime.now(UTC) + timedelta(seconds=PERMISSION_TTL_S)).isoformat()
        request = {"title": title, "description": description, "options": options, "expires_at": expires_at}
        self.emit({"type": "permission.request", "permission_id": permission_id, **request})
        timer = asyncio.get_running_loop().call_later(PERMISSION_TTL_S, self._resolve, permission_id, "expired")
        try:
            return await future
        finally:
            timer.cancel()

    async def offer(self, path: str, mime_type: str | None = None) -> dict:
        target = (self.workspace / path).resolve()
        if not target.is_relative_to(self.workspace):
            raise Failure("path_outside_workspace", f"{path} leads out of the workspace")

        def read() -> tuple[int, str]:
            with target.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                return file.tell(), sha256

        size, sha256 = await asyncio.to_thread(read)
        mime_type = mime_type or mimetypes.guess_type(path)[0] or "application/octet-stream"
        about = {"path": path, "name": target.name, "mime_type": mime_type, "size": size, "sha256": sha256}
        self._offered += 1
        return {"type": "file.offer", "file_id": f"file-{self._offered}", **about}

    # For the host

    @property
    def state(self) -> str:
        return "idle" if self.ended else "requires_action" if self.permissions else "running"

    def emit(self, event: dict) -> None:
        if self.ended:
            return
        if event["type"] == "message.delta" and len(event["text"]) > DELTA_LENGTH:
            for at in range(0, len(event["text"]), DELTA_LENGTH):
                self.emit({**event, "text": event["text"][at : at + DELTA_LENGTH]})
            return
        place = {"session_id": self.session_id, "turn_id": self.turn_id, "seq": len(self.frames) + 1}
        event = {"type": event["type"], **place, "at": int(time.time() * 1000), **event}
        check("host", event)
        frame = json.dumps(event, allow_nan=False)
        self._note(event)
        self._save(frame)  # Before it is sent, so that no kill loses what a client has seen.
        self.frames.append(frame)
        self._news.set()
        self._news = asyncio.Event()

    async def frames_after(self, seq: int) -> AsyncIterator[str]:
        """Replays, then follows. A slow reader has a place in the same frames, and costs no copy of them."""
        # `turn.ended` "is sent also to a client that asks for what comes after it".
        seq = min(seq, len(self.frames) - self.ended)
        while True:
            while seq < len(self.frames):
                yield self.frames[seq]
                seq += 1
            if self.ended:
                return
            await self._news.wait()

    def respond(self, permission_id: str, outcome: str, option_id: str | None, by: str | None, reason: str | None):
        option_id = option_id if outcome == "selected" else None
        if permission_id not in self.permissions:
            if self.resolved.get(permission_id) == (outcome, option_id):
                return  # "Every request may be repeated without harm."
            raise Failure("permission_closed", "it was answered otherwise, has expired, or was never asked")
        options, _ = self.permissions[permission_id]
        if outcome == "selected" and all(option["option_id"] != option_id for option in options):
            raise Failure("bad_request", "option_id is not one of those offered")
        self._resolve(permission_id, outcome, option_id, by, reason)

    def acknowledge(self, file_id: str, connection) -> bool:
        """Whether this client's word counts: of several it is that of "the one that attached last"."""
        if file_id not in self.files:
            raise Failure("bad_request", "no file of this id was offered")
        alive = [other for other in self.attached if other.is_open]
        return not alive or alive[-1] is connection

    def cancel(self) -> None:
        if self.ended or self.cancelled:
            return
        self.cancelled = True
        self._close_permissions()
        self.work.cancel()
        asyncio.get_running_loop().call_later(CANCEL_GRACE_S, self.end, "cancelled")

    def end(self, stop_reason: str, error: dict | None = None) -> None:
        if self.ended:
            return
        self._close_permissions()
        self.emit({"type": "turn.ended", "stop_reason": stop_reason, **({"error": error} if error else {})})
        self._log.close()
        self.done.set()

    def end_as_crashed(self) -> None:
        """What a host says of a turn that it, or the one before it, leaves unfinished."""
        error = {"code": "agent_crashed", "message": "The agent host was restarted while this turn was running."}
        self.end("error", {**error, "retryable": not self.tool_started, "host_restarted": True})

    def _close_permissions(self) -> None:
        for permission_id in list(self.permissions):
            self._resolve(permission_id, "cancelled")

    def _resolve(self, permission_id: str, outcome: str, option_id=None, by=None, reason=None) -> None:
        if permission_id not in self.permissions:
            return
        options, future = self.permissions.pop(permission_id)
        self.resolved[permission_id] = (outcome, option_id)
        told = {"option_id": option_id, "by": by}
        told = {name: value for name, value in told.items() if value is not None}
        self.emit({"type": "permission.resolved", "permission_id": permission_id, "outcome": outcome, **told})
        if not self.permissions:
            self.emit({"type": "turn.state", "state": "running"})
        kind = next((option["kind"] for option in options if option["option_id"] == option_id), None)
        if not future.done():
            future.set_result({"outcome": outcome, "kind": kind, "reason": reason})

    def _note(self, event: dict) -> None:
        """What follows from an event, one of now or one of the log."""
        if event["type"] == "turn.ended":
            self.ended = True
        elif event["type"] == "file.offer":
            self.files.add(event["file_id"])
        elif event["type"] == "tool_call.update" and event["status"] != "pending":
            self.tool_started = True

    def _save(self, line: str) -> None:
        """A full disk ends no turn: what could not be written is tried again with the next line."""
        self._unsaved += line.encode() + b"\n"
        try:
            while self._unsaved:
                self._unsaved = self._unsaved[self._log.write(self._unsaved) :]
        except OSError:
            log.exception("the events of turn %s cannot be stored", self.turn_id)
