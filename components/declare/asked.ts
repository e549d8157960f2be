import type { Http } from "../apiServer";
import { reach } from "./reach";
import { kubeconfigOf, type Watching } from "./settled";

/**
 * Asks the Kubernetes cluster each question once.
 *
 * @returns undefined too where the cluster can't be asked: that is the provider's to complain of
 */
export function askedOnce<T>(
  watching: Watching,
  ask: (http: Http, question: string) => Promise<T | undefined>,
): (question: string) => Promise<T | undefined> {
  const answers = new Map<string, Promise<T | undefined>>();
  const answer = async (question: string) => {
    const { http } = await reach(await kubeconfigOf(watching));
    return ask(http, question);
  };
  return (question) => {
    const known = answers.get(question) ?? answer(question).catch(() => undefined);
    answers.set(question, known);
    return known;
  };
}
