/** One file of a publication: its text, null where it is taken away, and the digest of the shipped file it lies over. */
export interface PublishedFile {
  text: string | null;
  /** SHA-256, hex; null where nothing was shipped at that path. */
  shipped: string | null;
}

/** Files that lie over the shipped flows, by their path in the folder. */
export type PublishedFiles = { [path: string]: PublishedFile };

export const PUBLICATION_STATES = ['proposed', 'published', 'refused', 'withdrawn'] as const;
export type PublicationState = (typeof PUBLICATION_STATES)[number];
