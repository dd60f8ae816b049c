// What the tests, in the extension host, ask of the driver, which has the browser.

/** How a test ended. */
export interface Outcome {
  title: string;
  milliseconds: number;
  /** Why it failed; absent where it passed. */
  failure?: string;
}

export type Act =
  | { act: 'outcome'; outcome: Outcome }
  | { act: 'end' }
  /** The texts of all elements that `selector` names. */
  | { act: 'texts'; selector: string }
  /** The same in all frames, such as that of a Markdown preview. */
  | { act: 'frameTexts'; selector: string }
  | { act: 'click'; selector: string }
  | { act: 'hover'; selector: string }
  | { act: 'press'; key: string }
  | { act: 'type'; text: string }
  /** Takes a screenshot, where pictures are wanted. */
  | { act: 'picture'; name: string };
