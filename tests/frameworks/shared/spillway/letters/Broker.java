// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What every maker does at the broker: makes its topics, sends what will fail, waits until the letters are there. */
public final class Broker implements AutoCloseable {
    private static final long DEADLINE = System.nanoTime() + TimeUnit.SECONDS.toNanos(150);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public final String address;
    private final String prefix;
    private final KafkaProducer<byte[], byte[]> producer;

    /** @param arguments bootstrap address, and what all names of this run start with */
    public Broker(String[] arguments) {
        address = arguments[0];
        prefix = arguments[1];
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", address, "acks", "all"),
            new ByteArraySerializer(), new ByteArraySerializer());
    }

    public String name(String last) {
        return prefix + "." + last;
    }

    /** Three partitions each; returns when they can be used. */
    public void create(String... names) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (String each : names) topics.add(new NewTopic(name(each), 3, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            admin.createTopics(topics).all().get();
        }
        for (String each : names) awaitTopic(name(each), 0);
    }

    /** A record of an hour ago, with headers of its own: repeated, empty and null ones. */
    public void send(String topic, String key, String value) throws Exception {
        send(topic, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    public void send(String topic, byte[] key, byte[] value) throws Exception {
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(name(topic), null, System.currentTimeMillis() - 3_600_000, key, value);
        record.headers()
            .add("traceparent", "00-4bf92f35-00f067aa-01".getBytes(StandardCharsets.UTF_8))
            .add("traceparent", new byte[0])
            .add("shard", new byte[] {0, (byte) 0xff, 0x1b, 7})
            .add("tenant", null);
        producer.send(record).get();
    }

    /** Returns when the topic has been given so many records. */
    public void await(String topic, int count) throws Exception {
        awaitTopic(name(topic), count);
    }

    /** The same for a name that a framework made. */
    public void awaitTopic(String topic, int count) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", address),
                 new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            while (true) {
                long there = 0;
                List<TopicPartition> partitions = new ArrayList<>();
                List<PartitionInfo> known = consumer.partitionsFor(topic, PATIENCE);
                if (known != null)
                    for (PartitionInfo each : known) partitions.add(new TopicPartition(each.topic(), each.partition()));
                for (long end : consumer.endOffsets(partitions, PATIENCE).values()) there += end;
                if (!partitions.isEmpty() && there >= count) return;
                if (System.nanoTime() > DEADLINE) {
                    System.err.println(topic + " holds " + there + " records of " + count);
                    Runtime.getRuntime().halt(1);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** All letters are there; nothing of a framework's own farewell is waited for. */
    public void done() {
        System.out.println("done");
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
