'use strict';

// npm ws, which loads bufferutil by itself: its documentation's advice for speed
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  backlog: 4096,
  clientTracking: false,
  maxPayload: 4 << 20,
  perMessageDeflate: process.env.DEFLATE === 'true',
});
const members = new Set();

server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (connection, request) => {
  connection.on('error', () => {});
  if (request.url === '/broadcast') {
    members.add(connection);
    connection.on('close', () => members.delete(connection));
    connection.on('message', (data, binary) => {
      for (const member of members) member.send(data, { binary });
    });
  } else {
    connection.on('message', (data, binary) => connection.send(data, { binary }));
  }
});

process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
