/** What a process tells of itself, without a process. */
export const QUIET_OBSERVATION = {
  problems: async (): Promise<readonly string[]> => [],
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  metricsText: async () => '# TYPE contrail_ready gauge\ncontrail_ready 1\n',
};
