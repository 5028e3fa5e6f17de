import type { CheckReport } from '../model/report.ts';

/** Looks up where a file of the report stands in its repository: what code hosts show findings by. */
export function repositoryPaths(report: CheckReport): (path: string) => string {
  const paths = new Map(report.files.map(({ path, repositoryPath }) => [path, repositoryPath]));
  return (path) => paths.get(path) ?? path;
}
