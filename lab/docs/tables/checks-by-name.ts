import { checksTable } from "../checks-table.ts";

export default (): Promise<string> => checksTable("by-name");
