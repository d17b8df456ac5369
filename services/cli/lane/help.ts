/** What `surfaces lane --help` adds. */
export const LANE_HELP = `
Leads from a silent room to its cause: what is done and what waits, who works on it, what it waits for and until when, what was
said last. The last sentence says in words what goes on, and what to do. What people and agents wrote is never shown.

  <room>              a room id, a link to the room, or its name (in quotes), or a part of it
  --json              as JSON

Exit codes: 0 done · 1 it failed, or no one room is meant · 64 wrong usage
`;
