import { bodyFaults, knownFields, LetterTemplate } from '../../core/letterTemplate.js';
import type { CompiledFlow } from '../compiled.js';
import type { Service } from '../schema.js';
import { schemaFaults } from '../schemaFaults.js';
import type { FlowFault } from '../yamlFile.js';
import type { Files } from './files.js';

const LETTER = /^letters\/([a-z_.]+)\.yaml$/u;

/**
 * The templates of letters, letters/<service>.yaml, by service. Told as faults: a field that no letter of the service knows,
 * a brace or bracket without its other half, a question that the service's flow does not ask; and, where there are letters at
 * all, a service of the kind `letter` that has none.
 */
export function readLetters(
  files: Files,
  services: { [id: string]: Pick<Service, 'kind'> },
  flows: readonly CompiledFlow[],
  servicesFile: { file: string; lineOf(id: string): number } | null,
  faults: FlowFault[],
): Map<string, LetterTemplate> {
  const letters = new Map<string, LetterTemplate>();
  for (const [name, yaml] of files) {
    const service = LETTER.exec(name)?.[1];
    if (service === undefined) continue;
    const fault = (path: string[], what: string, cure: string) =>
      faults.push({ file: yaml.file, line: yaml.lineOf(path), what, cure });
    if (services[service]?.kind !== 'letter') {
      fault(
        [],
        `"${service}" is no service that writes a letter`,
        'name the file after one of services.yaml',
      );
      continue;
    }
    const parsed = LetterTemplate.safeParse(yaml.value);
    if (!parsed.success) {
      faults.push(...schemaFaults(yaml, parsed.error));
      continue;
    }
    const known = Object.keys(knownFields(parsed.data));
    const { unknown, isUneven } = bodyFaults(parsed.data.body, known);
    for (const field of unknown)
      fault(['body'], `{${field}} is no field of this letter`, `use one of: ${known.join(', ')}`);
    if (isUneven)
      fault(['body'], 'a brace or a bracket has no other half', 'write {field}, and [what may be left out]');
    const asked = questionsOf(flows, service);
    for (const [id, { answer, other }] of Object.entries(parsed.data.fields))
      for (const question of [answer, other])
        if (question !== undefined && asked.size > 0 && !asked.has(question))
          fault(
            ['fields', id],
            `no flow of "${service}" asks "${question}"`,
            `use one of: ${[...asked].join(', ')}`,
          );
    letters.set(service, parsed.data);
  }
  if (letters.size > 0 && servicesFile)
    for (const [id, { kind }] of Object.entries(services))
      if (kind === 'letter' && !files.has(`letters/${id}.yaml`))
        faults.push({
          file: servicesFile.file,
          line: servicesFile.lineOf(id),
          what: `"${id}" writes a letter and has no template`,
          cure: `write letters/${id}.yaml`,
        });
  return letters;
}

/** Ids of the questions that the flows of a service ask. */
function questionsOf(flows: readonly CompiledFlow[], service: string): Set<string> {
  return new Set(flows.filter((flow) => flow.service === service).flatMap((flow) => [...flow.asks.keys()]));
}
