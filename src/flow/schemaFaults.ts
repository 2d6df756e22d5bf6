import type { z } from 'zod';
import type { FlowFault, YamlFile, YamlPath } from './yamlFile.js';

/** What a schema found wrong in a file: the line, what it is, and what cures it. */
export function schemaFaults(yaml: YamlFile, error: z.ZodError, under: YamlPath = []): FlowFault[] {
  return error.issues.map((issue) => {
    const path = [...under, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    return {
      file: yaml.file,
      line: yaml.lineOf(key === undefined ? path : [...path, key]),
      what:
        key === undefined
          ? `${path.join('.') || 'the file'}: ${issue.message}`
          : `"${key}" is not known here`,
      cure: cureOf(issue),
    };
  });
}

function cureOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'check its spelling and its indentation; `kentongan check --schema` tells what may stand where';
    case 'invalid_type':
      return `give it ${issue.expected === 'undefined' ? 'nothing' : `a ${issue.expected}`}`;
    case 'invalid_value':
      return `use one of: ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'too_small':
      return `at least ${issue.minimum}`;
    default:
      return 'see `kentongan check --schema`';
  }
}
