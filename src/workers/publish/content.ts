/** What a product gives to be published: a body and facts. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome, ReadingUsage, Warning } from '../../domain/outcome.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import type { ComposeRequest, ObjectMetadata, ObjectWriter, StoredObject } from '../../ports/object-store.ts';

/** The next content of a file. */
export interface Content {
  readonly kind: 'content';
  /** Where it comes from, for the object's metadata. */
  readonly source: string;
  readonly sourceVersion: SourceVersion;
  /** The source's part of the object's metadata. */
  readonly metadata?: ObjectMetadata;
  readonly body: Body;
  /** Closes the source. Called once, even if nothing is published. */
  readonly close?: () => Promise<void>;
}

/** There is nothing to publish, or not yet; the object stays unchanged. */
export interface Nothing {
  readonly kind: 'nothing';
  readonly reason: string;
  /** The source lacks tables, as during a rerun. */
  readonly source?: 'gone' | 'rebuilding';
}

/** `text`: bytes in memory. `stream`: bytes as they are read. `parts`: objects that the store joins. `later`: other jobs must make it first. */
export type Body = TextBody | StreamBody | PartsBody | LaterBody;

export interface TextBody {
  readonly kind: 'text';
  readonly text: string;
  readonly facts: Omit<BodyFacts, 'bytes'>;
}

export interface StreamBody {
  readonly kind: 'stream';
  /**
   * Writes all bytes, or finds out that they must not be published. `begin` opens the object; calling it again discards
   * the earlier writer.
   */
  readonly write: (begin: () => Promise<ObjectWriter>) => Promise<StreamedBytes | Nothing>;
}

export interface StreamedBytes {
  readonly facts: BodyFacts;
  /** In hex, of the last writer's bytes. */
  readonly sha256: string;
}

export interface PartsBody {
  readonly kind: 'parts';
  readonly facts: BodyFacts;
  /** Joins the parts into the object. */
  readonly compose: (request: Omit<ComposeRequest, 'parts'>) => Promise<StoredObject>;
}

export interface LaterBody {
  readonly kind: 'later';
  readonly outcome: JobOutcome;
}

/** Facts about a complete body. */
export interface BodyFacts {
  readonly rows: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly warnings: readonly Warning[];
  /** One per log row about rows that are not in the file. */
  readonly leftOut: readonly LeftOut[];
  /** The body's part of the object's metadata. */
  readonly metadata?: ObjectMetadata;
  /** Rows that the source announced. */
  readonly sourceRows?: number;
  /** The cost of reading; called after publishing, when it is complete. */
  readonly usage?: () => ReadingUsage;
}

/** Why rows were left out of a published file. */
export type LeftOut = Pick<LogEvent, 'message' | 'exception' | 'exceptionType' | 'source'>;
