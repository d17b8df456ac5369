"""What outlives the process, in AGENTS_DIR/.python-host: sessions, the logs of turns, snapshots.

Writes are small and are done in the event loop. They are not synced: a kill must not lose them, a power cut may.
"""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from protocol import Failure


class Store:
    def __init__(self, volume: Path):
        self.volume = volume.resolve()
        self.sessions = self.volume / ".python-host" / "sessions"
        self.snapshots = self.volume / ".python-host" / "snapshots"
        self.sessions.parent.mkdir(mode=0o700, exist_ok=True)  # Not for the others of the volume's group.
        self.sessions.mkdir(exist_ok=True)
        self.snapshots.mkdir(exist_ok=True)

    def workspace(self, path: str) -> Path:
        """Made if it is missing. "No path and no link leads out of …": judged by where links really lead."""
        try:
            target = (self.volume / path).resolve()
            way = target.relative_to(self.volume).parts
        except (ValueError, RuntimeError):  # It leads out, is no path at all, or its links lead in a circle.
            way = ()
        # Names with a dot in front are of surfaces (.outgoing) and of hosts (.host), never a workspace.
        if not way or way[0].startswith(".") or ".." in re.split(r"[/\\]", path):
            raise Failure("path_outside_workspace", f"{path!r} is not a folder for a session")
        target.mkdir(parents=True, exist_ok=True)
        return target

    # Sessions: {session_id, workspace, conversation}

    def session(self, session_id: str) -> dict:
        try:
            return json.loads((self._session(session_id) / "session.json").read_text())
        except FileNotFoundError:
            raise Failure("unknown_session", "this session was never opened") from None

    def save_session(self, session: dict) -> None:
        folder = self._session(session["session_id"])
        (folder / "turns").mkdir(parents=True, exist_ok=True)
        write_whole(folder / "session.json", json.dumps(session))

    def all_sessions(self) -> list[dict]:
        return [json.loads(path.read_text()) for path in self.sessions.glob("*/session.json")]

    # Turns: a header, then one frame to a line, exactly as they were sent

    def turn_log(self, session_id: str, turn_id: str) -> Path:
        return self._session(session_id) / "turns" / f"{file_name(turn_id)}.jsonl"

    def read_turn(self, session_id: str, turn_id: str) -> tuple[dict, list[str]] | None:
        """The header and the frames (frames[i] has seq i + 1), without what a kill cut off."""
        header, frames = None, []
        try:
            lines = self.turn_log(session_id, turn_id).read_text().split("\n")
        except FileNotFoundError:
            return None
        for line in lines:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if header is None:
                header = value
            elif value["seq"] == len(frames) + 1:
                frames.append(line)
        return header and (header, frames)

    # Snapshots: "the same two [owner and name] are the same snapshot, replaced"

    def save_snapshot(self, session: dict, owner: str, name: str) -> dict:
        created_at = datetime.now(UTC).isoformat()
        stored = {"name": name, "created_at": created_at, "conversation": session["conversation"]}
        path = self.snapshots / f"{digest(owner)}-{digest(name)}.json"
        write_whole(path, json.dumps(stored))
        return described(path)

    def load_snapshot(self, session: dict, snapshot_id: str) -> None:
        try:
            stored = json.loads(self._snapshot(snapshot_id).read_text())
        except FileNotFoundError:
            raise Failure("unknown_snapshot", "there is no snapshot of this id") from None
        self.save_session({**session, "conversation": stored["conversation"]})

    def list_snapshots(self, owner: str) -> list[dict]:
        found = [described(path) for path in self.snapshots.glob(f"{digest(owner)}-*.json")]
        return sorted(found, key=lambda snapshot: snapshot["created_at"], reverse=True)

    def delete_snapshot(self, snapshot_id: str) -> None:
        self._snapshot(snapshot_id).unlink(missing_ok=True)

    def _session(self, session_id: str) -> Path:
        return self.sessions / file_name(session_id)

    def _snapshot(self, snapshot_id: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{32}", snapshot_id):
            raise Failure("unknown_snapshot", "there is no snapshot of this id")
        return self.snapshots / f"{snapshot_id}.json"


def described(path: Path) -> dict:
    stored = json.loads(path.read_text())
    size = path.stat().st_size
    return {"snapshot_id": path.stem, "name": stored["name"], "created_at": stored["created_at"], "size": size}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def file_name(any_id: str) -> str:
    """Ids are the client's choice: what is not plainly a file name is hashed."""
    return any_id if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", any_id) else f"~{digest(any_id)}"


def write_whole(path: Path, text: str) -> None:
    """A reader, and a host after a kill, sees the old text or the new one."""
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)
