// A session day in the app of a member, against a real server: sign in, this week, log, check in, sync, sync again.
// Compiled strictly with types that were generated from openapi.json; ends with an error when an answer is not as told.
import { client } from "./client/client.gen";
import { addCheckIn, getMe, getMyWeek, login, logout, refresh, sync } from "./client/sdk.gen";
import type { PlannedSession, SyncedSessionLogCreate, SyncAnswer, Week } from "./client/types.gen";

declare const process: { env: Record<string, string | undefined> };

function told<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`no ${what}`);
  return value;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** What was done, exactly as it was asked for. */
function asPrescribed(session: PlannedSession, id: string): SyncedSessionLogCreate {
  return {
    id,
    session_id: session.id,
    items: session.items.map((item) => ({
      item_id: item.id,
      sets: Array.from({ length: item.sets }, () => ({
        ...(item.reps ? { reps: item.reps } : {}),
        ...(item.load_kg ? { load_kg: item.load_kg } : {}),
      })),
    })),
    back_pain: { before: 1, during: 1, after: 1 },
    words: ["worked"],
  };
}

/** The phone's copy of everything, as syncs build it up. */
async function synced(clientId: string, cursor: string | null, logs: SyncedSessionLogCreate[]): Promise<SyncAnswer> {
  const answer = await sync({ path: { client_id: clientId }, body: { cursor, session_logs: logs, check_ins: [] } });
  return told(answer.data, `sync: ${JSON.stringify(answer.error)}`);
}

async function main(): Promise<void> {
  client.setConfig({ baseUrl: told(process.env["ADDRESS"], "ADDRESS") });
  const signedIn = await login({ body: { email: "member@demo.example", password: "demo-member-pass" } });
  let tokens = told(signedIn.data, "tokens");
  client.setConfig({ auth: () => tokens.access_token });

  const me = told((await getMe()).data, "person");
  const clientId = told(me.client_id, "client of the member");

  const first = await getMyWeek();
  const week: Week = told(first.data, `week: ${JSON.stringify(first.error)}`);
  const tag = told(first.response?.headers.get("etag"), "tag of the week");
  const again = await getMyWeek({ headers: { "If-None-Match": tag } });
  check(again.response?.status === 304, "the week is sent again although nothing changed");

  const planned = week.days.flatMap((day) => day.sessions).find((session) => session.status === "planned");
  const session = told(planned, "planned session this week");
  const log = asPrescribed(session, crypto.randomUUID());

  const sent = await synced(clientId, null, [log]);
  check(sent.results[0]?.status === "stored", `the log is ${JSON.stringify(sent.results[0])}`);
  const repeated = await synced(clientId, sent.next_cursor, [log]);
  check(repeated.results[0]?.status === "already_stored", "the same log was stored twice");

  const morning = await addCheckIn({
    path: { client_id: clientId },
    body: { id: crypto.randomUUID(), back_pain: { now: 1, worst_24h: 2 }, hours_to_settle: 6 },
  });
  check(told(morning.data, "answer to the check-in").response !== "red_flag", "a calm morning is no red flag");

  const news = await synced(clientId, sent.next_cursor, []);
  const kinds = new Set(news.changes.map((change) => change.type));
  check(kinds.has("check_in"), `the check-in is not among the changes: ${[...kinds].join(", ")}`);

  const renewed = await refresh({ body: { refresh_token: tokens.refresh_token } });
  tokens = told(renewed.data, "new tokens");
  check((await getMyWeek()).response?.status === 200, "the new token does not open the week");
  await logout();
  const out = await getMyWeek();
  check(out.response?.status === 401 && out.error?.code === "unauthenticated", "still signed in after signing out");
  console.log(JSON.stringify({ log: log.id, week: week.week_number }));
}

void main();
