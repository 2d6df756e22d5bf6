import { isNeeded } from './arguments.js';
import type { ServiceWords } from './compiled.js';
import type { Run } from './run.js';

/** One thing that a service needs. */
export type ChecklistItem = ServiceWords['checklist'][number];

/** What of a service's checklist is sent by chat. */
export function itemsByChat(run: Run, service: string): ChecklistItem[] {
  const checklist = run.flows.serviceWords.get(service)?.checklist ?? [];
  return checklist.filter((item) => item.by === 'chat' && isNeeded(run, item));
}
