import type { CompiledFlow, Flows } from '../compiled.js';
import { waits } from '../steps/index.js';
import type { FlowFault } from '../yamlFile.js';
import { fault } from './fault.js';

/** The scenes that a flow needs: those in which it can go wrong. */
export function scenesOf(flow: CompiledFlow): string[] {
  const asks = flow.steps.some(waits);
  const changes = flow.steps.some((step) => step.type === 'confirm');
  return ['straight', ...(asks ? ['wrong', 'cancel', 'resume'] : []), ...(changes ? ['change'] : [])];
}

/** Flows that lack a transcript. `chats`: the files, `<area>/<flow>/<scene>.chat`. */
export function checkTranscripts(flows: Flows, chats: readonly string[]): FlowFault[] {
  const scenes = new Map<string, Set<string>>();
  for (const file of chats) {
    const [scene, flow] = file.split('/').toReversed();
    if (scene && flow)
      scenes.set(flow, (scenes.get(flow) ?? new Set<string>()).add(scene.replace('.chat', '')));
  }
  return [...flows.byId.values()].flatMap((flow) => {
    const missing = scenesOf(flow).filter((scene) => !scenes.get(flow.id)?.has(scene));
    return missing.length === 0
      ? []
      : [
          fault(
            flow,
            1,
            `it has no transcript of: ${missing.join(', ')}`,
            `write tests/flows/<area>/${flow.id}/${missing[0]}.chat (docs/chat-files.md)`,
            true,
          ),
        ];
  });
}
