package io.github.easywebsocket.benchmarks.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Netty with its codec, on one of its transports; what one read gave is flushed together. */
final class NettyEcho implements Server {

  private static final int LONGEST_HEAD = 64 << 10;

  private final String transport;
  private final ChannelGroup members = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  NettyEcho(String transport) {
    this.transport = transport;
  }

  @Override
  public int start(Setup setup) throws Exception {
    SSLContext tls = setup.tls() ? setup.context() : null;
    Channel channel =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(ioHandler()))
            .channel(channelType())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    fill(channel.pipeline(), tls, setup.deflate());
                  }
                })
            .bind(HOST, setup.port())
            .sync()
            .channel();
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private IoHandlerFactory ioHandler() {
    return switch (transport) {
      case "netty-epoll" -> EpollIoHandler.newFactory();
      case "netty-uring" -> IoUringIoHandler.newFactory();
      default -> NioIoHandler.newFactory();
    };
  }

  private Class<? extends ServerChannel> channelType() {
    return switch (transport) {
      case "netty-epoll" -> EpollServerSocketChannel.class;
      case "netty-uring" -> IoUringServerSocketChannel.class;
      default -> NioServerSocketChannel.class;
    };
  }

  private void fill(ChannelPipeline pipeline, @Nullable SSLContext tls, boolean deflate) {
    if (tls != null) {
      SSLEngine engine = tls.createSSLEngine();
      engine.setUseClientMode(false);
      pipeline.addLast(new SslHandler(engine));
    }
    pipeline.addLast(new HttpServerCodec(), new HttpObjectAggregator(LONGEST_HEAD));
    if (deflate) {
      pipeline.addLast(new WebSocketServerCompressionHandler(LONGEST));
    }
    pipeline.addLast(
        new WebSocketServerProtocolHandler(
            WebSocketServerProtocolConfig.newBuilder()
                .websocketPath("/")
                .checkStartsWith(true)
                .maxFramePayloadLength(LONGEST)
                .allowExtensions(deflate)
                .build()),
        new Echo());
  }

  private final class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {

    private boolean member;

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event instanceof HandshakeComplete complete && complete.requestUri().equals(BROADCAST)) {
        member = true;
        members.add(context.channel());
      }
      super.userEventTriggered(context, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      if (member) {
        members.writeAndFlush(frame.retain(), channel -> true, true);
      } else {
        context.write(frame.retain(), context.voidPromise());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
