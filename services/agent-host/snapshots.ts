import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from '../../shared/agent-protocol/content.ts';
import type { Adapter } from './adapter.ts';
import { readableConversation } from './agents.ts';
import { digest, type HostFolder } from './host-folder.ts';
import { Refusal } from './refusal.ts';
import { type Session, writeFileWhole } from './session.ts';

type Stored = {
  readonly owner: string;
  readonly name: string;
  readonly created_at: string;
  readonly messages: number;
  readonly conversation?: unknown;
  /** Of the adapter whose conversation it is. */
  readonly kind?: Adapter['kind'];
};

/** Copies of conversations under names. A name belongs to an owner, not to a session; files of the workspace are not copied. */
export class Snapshots {
  readonly #folder: HostFolder;

  constructor(folder: HostFolder) {
    this.#folder = folder;
  }

  /** Saved again under its name, it is replaced. */
  async save(session: Session, owner: string, name: string, copier: Copier): Promise<Snapshot> {
    const { kind } = copier.adapter;
    const { messages } = session.record;
    const { conversation } = await copyOf(readableConversation(session.record, copier.adapter), session, copier);
    const stored: Stored = { owner, name, created_at: new Date().toISOString(), messages, conversation, kind };
    const text = JSON.stringify(stored);
    const id = `${digest(owner)}-${digest(name)}`;
    await mkdir(this.#folder.snapshotsOf(digest(owner)), { recursive: true });
    await writeFileWhole(this.#path(id), text);
    return described(id, stored, text);
  }

  /**
   * Puts the conversation of a snapshot in the place of the session's own.
   * @throws Refusal `unknown_snapshot`; `unsupported` for one of another kind of agent.
   */
  async load(session: Session, snapshotId: string, copier: Copier): Promise<{ lossy?: true }> {
    const { stored } = await this.#read(snapshotId);
    const { kind } = copier.adapter;
    if (stored.kind !== undefined && stored.kind !== kind)
      throw new Refusal('unsupported', 'this was saved with another kind of agent');
    const { conversation, lossy } = await copyOf(stored.conversation, session, copier);
    await copier.adapter.release?.(session.record.session_id);
    session.record.messages = stored.messages;
    session.keepConversation(conversation, kind);
    await session.save();
    return lossy ? { lossy } : {};
  }

  /** The newest first. */
  async list(owner: string): Promise<Snapshot[]> {
    const files = await readdir(this.#folder.snapshotsOf(digest(owner))).catch(() => []);
    const snapshots: Snapshot[] = [];
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      const id = `${digest(owner)}-${file.slice(0, -'.json'.length)}`;
      const { stored, text } = await this.#read(id);
      snapshots.push(described(id, stored, text));
    }
    return snapshots.sort((one, other) => other.created_at.localeCompare(one.created_at));
  }

  /** Deleted twice is deleted. @throws Refusal `unknown_snapshot` for what cannot be the id of one. */
  async delete(snapshotId: string): Promise<void> {
    await rm(this.#path(snapshotId), { force: true });
  }

  async #read(snapshotId: string): Promise<{ stored: Stored; text: string }> {
    try {
      const text = await readFile(this.#path(snapshotId), 'utf8');
      return { stored: JSON.parse(text) as Stored, text };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new Refusal('unknown_snapshot', 'there is no snapshot of this id');
      throw error;
    }
  }

  #path(snapshotId: string): string {
    const [, owner, name] = /^([0-9a-f]{32})-([0-9a-f]{32})$/.exec(snapshotId) ?? [];
    if (!owner || !name) throw new Refusal('unknown_snapshot', 'there is no snapshot of this id');
    return join(this.#folder.snapshotsOf(owner), `${name}.json`);
  }
}

/** Who makes copies of conversations, and where its workspace is. */
type Copier = { readonly adapter: Adapter; readonly workspace: string };

async function copyOf(conversation: unknown, { record }: Session, { adapter, workspace }: Copier) {
  if (conversation === undefined || !adapter.copyConversation) return { conversation };
  return adapter.copyConversation({ sessionId: record.session_id, workspace, conversation });
}

function described(snapshot_id: string, { name, created_at }: Stored, text: string): Snapshot {
  return { snapshot_id, name, created_at, size: Buffer.byteLength(text) };
}
