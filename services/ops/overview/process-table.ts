import type { Presence, Vanished } from '../../../shared/queue/presence.ts';
import { rolesOfBuild } from '../../../shared/stack/roles-of-build.ts';
import { type Html, html } from '../page/html.ts';
import { count, hour, mebibytes, percent } from './figures.ts';
import type { Look } from './look.ts';
import { problemsOf } from './sample.ts';

/** The agent host has no Redis to tell: what is known of it are the connections of those that use it. */
const ROLES = rolesOfBuild().filter((role) => role !== 'agent-host');

/** Each process with how it is. Where Redis is away, as it was when it was heard of last. */
export function processTable(look: Look): Html {
  const { carried, redisAway, own, at } = look;
  const { there, vanished } = carried?.processes ?? own;
  const missing = carried ? ROLES.filter((role) => ![...there, ...vanished].some((each) => each.role === role)) : [];
  const hosts = new Set([...there, ...vanished].map(({ host }) => host));
  const where = (host: string) => (hosts.size > 1 ? `${host} · ` : '');
  return html`<section id="processes" aria-labelledby="processes-title">
    <h2 id="processes-title">Processes</h2>
    ${redisAway && html`<p class="quiet">${carried ? `As of ${hour(carried.at)}: processes tell of themselves through Redis, which is away.` : 'Processes tell of themselves through Redis, which is away. Only this one is known.'}</p>`}
    <table class="processes">
      <thead><tr><th scope="col">Process</th><th scope="col">State</th><th scope="col">Load</th></tr></thead>
      <tbody>
        ${there.map((each) => presenceRow(each, where(each.host), at))}
        ${vanished.map((each) => vanishedRow(each, where(each.host), at))}
        ${missing.map(
          (role) =>
            html`<tr id=${`p-${role}`}><th scope="row">${role}</th><td><span class="badge warn">none is there</span></td><td></td></tr>`,
        )}
        ${agentHostRow(there)}
      </tbody>
    </table>
  </section>`;
}

function presenceRow(each: Presence, where: string, now: number): Html {
  const { reasons, draining, started, version, revision, pid } = each;
  const isAmiss = problemsOf(each).length > 0;
  const [mood, state] = isAmiss ? ['bad', 'not ready'] : draining ? ['warn', 'draining'] : (['good', 'ready'] as const);
  const running = Object.values(each.metrics.surfaces_wakes_running ?? {}).reduce((sum, value) => sum + value, 0);
  const active = each.metrics.surfaces_ingress_active?.[''];
  const work = each.metrics.surfaces_wakes_running
    ? `${count(running)} running`
    : active === undefined
      ? ''
      : active === 1
        ? 'active'
        : 'standby';
  return html`<tr id=${`p-${each.role}-${each.instance}-${each.host}-${pid}`}>
    <th scope="row">${shownName(each)}<small>${where}${version}${revision !== 'unknown' && ` · ${revision.slice(0, 7)}`} · pid ${pid}</small></th>
    <td>
      <span class=${`badge ${mood}`}>${state}</span>${isAmiss && draining && html` <span class="badge warn">draining</span>`}
      ${reasons.map(({ need, problem, since }) => html`<small>${need}: ${problem}, since ${hour(Date.parse(since), now)}</small>`)}
      ${started > 0 && html`<small>since ${hour(started, now)}</small>`}
    </td>
    <td>${work}<small>${percent(each.cpuShare)} CPU · ${mebibytes(each.rssBytes)}</small></td>
  </tr>`;
}

function vanishedRow(each: Vanished, where: string, now: number): Html {
  return html`<tr id=${`p-${each.role}-${each.instance}-${each.host}-${each.pid}`}>
    <th scope="row">${shownName(each)}<small>${where}pid ${each.pid}</small></th>
    <td><span class="badge bad">does not answer</span><small>last heard of at ${hour(each.seen, now)}</small></td>
    <td></td>
  </tr>`;
}

/** From the side of those that connect to it. */
function agentHostRow(there: readonly Presence[]): Html {
  const users = there.filter(({ metrics }) => metrics.surfaces_agent_link_connected !== undefined);
  const connected = users.filter(({ metrics }) => metrics.surfaces_agent_link_connected?.[''] !== 0).length;
  const [mood, state] = connected > 0 ? ['good', 'connected'] : ['', 'no connection'];
  return html`<tr id="p-agent-host">
    <th scope="row">agent-host<small>seen by those that use it</small></th>
    <td><span class=${`badge ${mood}`}>${state}</span><small>${count(connected)} of ${count(users.length)} processes; they connect when they need it</small></td>
    <td></td>
  </tr>`;
}

function shownName({ role, instance }: { readonly role: string; readonly instance: string }): string {
  return instance.startsWith(role) ? instance : `${role} ${instance}`;
}
