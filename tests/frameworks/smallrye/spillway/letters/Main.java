// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import io.smallrye.config.SmallRyeConfigBuilder;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jboss.weld.environment.se.Weld;

/** Letters of SmallRye reactive messaging: its dead-letter queue and its delayed retry topics. */
public class Main {
    private static Broker broker;

    public static void main(String[] arguments) throws Exception {
        broker = new Broker(arguments);
        System.setProperty("mp.messaging.connector.smallrye-kafka.bootstrap.servers", broker.address);
        for (String channel : new String[] {"cause", "silent", "thrown", "parse", "hops"}) {
            broker.create(channel, channel + "-letters");
            incoming(channel, channel, "dead-letter-queue", channel + "-letters");
        }
        broker.create("again-letters", "delayed", "delayed-letters", "delayed-retry_100", "delayed-retry_200");
        incoming("again", "hops-letters", "dead-letter-queue", "again-letters");
        set("parse", "value.deserializer", "org.apache.kafka.common.serialization.IntegerDeserializer");
        set("parse", "fail-on-deserialization-failure", "false");
        incoming("delayed", "delayed", "delayed-retry-topic", "delayed-letters");
        set("delayed", "delayed-retry-topic.topics", broker.name("delayed-retry_100") + "," + broker.name("delayed-retry_200"));
        set("delayed", "delayed-retry-topic.max-retries", "2");

        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ConfigProviderResolver.instance().registerConfig(
            new SmallRyeConfigBuilder().forClassLoader(loader).addDefaultSources().addDiscoveredConverters().build(), loader);
        new Weld().initialize();
        for (String topic : new String[] {"cause", "silent", "thrown", "parse", "hops", "delayed"})
            broker.send(topic, topic, "{ \"amount\":  10.50 }");
        for (String topic : new String[] {"cause", "silent", "thrown", "parse", "again", "delayed"})
            broker.await(topic + "-letters", 1);
        broker.done();
    }

    private static void incoming(String channel, String topic, String strategy, String letters) {
        set(channel, "connector", "smallrye-kafka");
        set(channel, "topic", broker.name(topic));
        set(channel, "group.id", broker.name("billing-" + channel));
        set(channel, "auto.offset.reset", "earliest");
        set(channel, "key.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        set(channel, "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
        set(channel, "failure-strategy", strategy);
        set(channel, "dead-letter-queue.topic", broker.name(letters));
    }

    private static void set(String channel, String name, String value) {
        System.setProperty("mp.messaging.incoming." + channel + "." + name, value);
    }
}
