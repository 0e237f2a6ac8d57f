/** What ECS takes of a node. */

/** The ECS attribute that every node has: its value is the host's key in `hosts`. */
export const hostAttribute = "hybrid.host";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html, "name" */
export const attributeNamePattern = /^[A-Za-z0-9_./-]{1,128}$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html, "value" */
export const attributeValuePattern = /^[A-Za-z0-9_./@:\\ -]{1,128}$/;
