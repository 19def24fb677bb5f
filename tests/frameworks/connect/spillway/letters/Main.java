// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.connect.cli.ConnectStandalone;

/** Letters of sink connectors in a standalone worker: one connector a stage. */
public class Main {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    private static Broker broker;
    private static Path folder;
    private static final List<String> files = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        broker = new Broker(arguments);
        folder = Files.createTempDirectory("letters");
        try {
            write("worker", Map.of("bootstrap.servers", broker.address, "key.converter", BYTES, "value.converter", BYTES,
                "offset.storage.file.filename", folder.resolve("offsets").toString(), "listeners", "http://127.0.0.1:0",
                "offset.flush.interval.ms", "60000"));
            connector("value", json("value"));
            connector("key", json("key"));
            connector("header", Map.of("header.converter", JSON));
            connector("transform", Map.of("transforms", "take", "transforms.take.type",
                "org.apache.kafka.connect.transforms.ExtractField$Value", "transforms.take.field", "amount",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter"));
            connector("silent", Map.of("transforms", "silent", "transforms.silent.type", "com.acme.Silent"));
            connector("put", Map.of("put.fails", "true"));
            connector("hops", json("value"));
            broker.create("again");
            write("again", settings("hops-dlq", "again", Map.of("put.fails", "true")));

            Thread worker = new Thread(() -> ConnectStandalone.main(files.toArray(new String[0])));
            worker.start();
            for (String topic : new String[] {"value", "key", "header", "transform", "silent", "put", "hops"})
                broker.send(topic, topic, "{ \"amount\": oops");
            for (String topic : new String[] {"value", "key", "header", "transform", "silent", "put", "again"})
                broker.await(topic.equals("again") ? topic : topic + "-dlq", 1);
        } finally {
            for (String each : files) Files.deleteIfExists(Path.of(each));
            Files.deleteIfExists(folder.resolve("offsets"));
            Files.deleteIfExists(folder);
        }
        broker.done();
    }

    private static Map<String, String> json(String part) {
        return Map.of(part + ".converter", JSON, part + ".converter.schemas.enable", "false");
    }

    private static void connector(String topic, Map<String, String> more) throws Exception {
        broker.create(topic);
        write(topic, settings(topic, topic + "-dlq", more));
    }

    private static Map<String, String> settings(String topic, String letters, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("name", broker.name(topic + "-sink"));
        all.put("connector.class", "com.acme.LedgerSink");
        all.put("tasks.max", "1");
        all.put("topics", broker.name(topic));
        all.put("consumer.override.auto.offset.reset", "earliest");
        all.put("consumer.override.metadata.max.age.ms", "500");
        all.put("errors.tolerance", "all");
        all.put("errors.deadletterqueue.topic.name", broker.name(letters));
        all.put("errors.deadletterqueue.topic.replication.factor", "1");
        all.put("errors.deadletterqueue.context.headers.enable", "true");
        all.put("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        all.putAll(more);
        return all;
    }

    private static void write(String name, Map<String, String> settings) throws IOException {
        Path file = folder.resolve(name + ".properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try (var out = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
            properties.store(out, null);
        }
        files.add(file.toString());
    }
}
