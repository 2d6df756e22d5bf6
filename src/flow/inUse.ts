import type { Flows } from './compiled.js';

/**
 * The flows that are in use. They change as a whole: what runs with the old ones ends with them, and what begins after
 * the change begins with the new ones. Whoever needs them for more than a moment takes `current` once.
 */
export interface FlowsInUse {
  readonly current: Flows;
  /** Puts others in their place, at once, and tells whoever follows. */
  replace(flows: Flows): void;
  /** Called with the present flows now, and with others whenever they come. */
  follow(follower: (flows: Flows) => void): void;
}

/** Holds flows that may be replaced. */
export function holdFlows(first: Flows): FlowsInUse {
  let current = first;
  const followers: ((flows: Flows) => void)[] = [];
  return {
    get current() {
      return current;
    },
    replace(flows) {
      current = flows;
      for (const follower of followers) follower(flows);
    },
    follow(follower) {
      followers.push(follower);
      follower(current);
    },
  };
}
