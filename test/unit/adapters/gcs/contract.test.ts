/** The store on our own Cloud Storage, which looks at every precondition as the real one does. */
import { describeComposePreconditions, describeComposingStore } from '../../../contract/composing-store.ts';
import { describeObjectStore } from '../../../contract/object-store.ts';
import { gcsWorld, sessionWorld } from './gcs-world.ts';

const inOneRequest = async () => (await gcsWorld()).store;
const bySessions = async () => (await sessionWorld()).store;

describeObjectStore('gcs', inOneRequest);
describeObjectStore('gcs, by upload sessions', bySessions);
describeComposingStore('gcs', inOneRequest);
describeComposePreconditions('gcs', inOneRequest);
