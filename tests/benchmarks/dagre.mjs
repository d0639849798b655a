// Lays out the boxes and edges of a JSON file with dagre, and writes places, lines and milliseconds of CPU.
import { readFileSync, writeFileSync } from "node:fs";
import dagre from "@dagrejs/dagre";

const [from, to] = process.argv.slice(2);
const { boxes, edges } = JSON.parse(readFileSync(from, "utf8"));
const graph = new dagre.graphlib.Graph();
graph.setGraph({ nodesep: 20, ranksep: 20 });
graph.setDefaultEdgeLabel(() => ({}));
for (const [key, width, height] of boxes) graph.setNode(key, { width, height });
for (const [source, target] of edges) graph.setEdge(source, target, {});
const start = process.cpuUsage();
dagre.layout(graph);
const { user, system } = process.cpuUsage(start);
const milliseconds = (user + system) / 1000;
const places = boxes.map(([key]) => [graph.node(key).x, graph.node(key).y]);
const lines = edges.map(([s, t]) => graph.edge(s, t).points.map((p) => [p.x, p.y]));
writeFileSync(to, JSON.stringify({ milliseconds, places, lines }));
