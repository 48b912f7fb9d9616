/** What the infrastructure asks for heartbeats with, and finds them by in the writer's log. */
export { HEARTBEAT_APP, type HeartbeatRequest, heartbeatTarget } from '../artifact/heartbeat.ts';
