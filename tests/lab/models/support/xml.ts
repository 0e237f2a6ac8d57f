/** Answers of AWS's query protocol, as values of the model's shapes. */
import type { Model } from "../../../../lab/models/model.ts";

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** Reads XML without attributes, comments and namespaces that matter: what the lab writes. */
function read(xml: string): Element {
  const root: Element = { name: "", children: [], text: "" };
  const open = [root];
  for (const [, closing, name = "", text = ""] of xml.matchAll(/<(\/?)([\w.]+)[^>]*>([^<]*)/g)) {
    if (closing) open.pop();
    else {
      const element = { name, children: [], text: plain(text) };
      open.at(-1)?.children.push(element);
      open.push(element);
    }
  }
  return root;
}

const plain = (text: string) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function find(from: Element, name: string): Element | undefined {
  for (const child of from.children) {
    const found = child.name === name ? child : find(child, name);
    if (found) return found;
  }
  return undefined;
}

function shaped(model: Model, name: string, element: Element): unknown {
  const shape = model.shapes[name];
  switch (shape?.type) {
    case "structure":
      return Object.fromEntries(
        element.children.map((child) => {
          const member = shape.members?.[child.name];
          return [child.name, member ? shaped(model, member.shape, child) : child.text];
        }),
      );
    case "list":
      return element.children.map((child) => shaped(model, shape.member?.shape ?? "", child));
    case "boolean":
      return element.text === "true" ? true : element.text === "false" ? false : element.text;
    case "integer":
    case "long":
    case "float":
    case "double":
      return Number(element.text);
    default:
      return element.text;
  }
}

/** Returns the result in an operation's answer. */
export function resultOf(model: Model, operation: string, xml: string): unknown {
  const result = find(read(xml), `${operation}Result`);
  const output = model.operations[operation]?.output;
  if (!result || !output) throw new Error(`the answer has no result of ${operation}: ${xml}`);
  return shaped(model, output.shape, result);
}
