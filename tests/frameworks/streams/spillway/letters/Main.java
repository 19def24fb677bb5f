// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import com.acme.Failures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Letters of Kafka Streams (KIP-1034): one application fails in every way, a second one fails on its letters. */
public class Main {
    public static void main(String[] arguments) throws Exception {
        Broker broker = new Broker(arguments);
        Path folder = Files.createTempDirectory("letters");
        folder.toFile().deleteOnExit();
        broker.create("cause", "silent", "parse", "early", "timer", "moved", "hops", "early-out", "letters", "hop-letters",
            "hop-letters-2");

        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(broker.name("cause")).foreach((key, value) -> { throw Failures.withCause(); });
        builder.stream(broker.name("silent")).foreach((key, value) -> { throw Failures.silent(); });
        builder.stream(broker.name("parse"), Consumed.with(Serdes.ByteArray(), Serdes.Integer()))
            .foreach((key, value) -> {});
        KStream<byte[], byte[]> early = builder.stream(broker.name("early"));
        early.to(broker.name("early-out"));
        early.foreach((key, value) -> { throw Failures.withCause(); });
        builder.<byte[], byte[]>stream(broker.name("timer")).process(Timer::new);
        builder.<byte[], byte[]>stream(broker.name("moved"))
            .repartition(Repartitioned.as("by-customer"))
            .foreach((key, value) -> { throw Failures.withCause(); });

        StreamsBuilder first = new StreamsBuilder();
        first.stream(broker.name("hops")).foreach((key, value) -> { throw Failures.withCause(); });
        StreamsBuilder second = new StreamsBuilder();
        second.stream(broker.name("hop-letters")).foreach((key, value) -> { throw Failures.silent(); });

        start(builder, broker, folder, "shop", "letters");
        start(first, broker, folder, "first", "hop-letters");
        start(second, broker, folder, "second", "hop-letters-2");
        for (String topic : new String[] {"cause", "silent", "parse", "early", "timer", "moved", "hops"})
            broker.send(topic, topic, "{ \"amount\":  10.50 }");
        broker.await("letters", 6);
        broker.await("hop-letters-2", 1);
        broker.done();
    }

    private static void start(StreamsBuilder builder, Broker broker, Path folder, String application, String letters) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, broker.name(application));
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put("auto.offset.reset", "earliest");
        settings.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, broker.name(letters));
        settings.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
            LogAndContinueProcessingExceptionHandler.class);
        new KafkaStreams(builder.build(), settings).start();
    }

    /** Fails once, from a timer that a record has started. */
    private static final class Timer implements Processor<byte[], byte[], Void, Void> {
        private ProcessorContext<Void, Void> context;
        private Cancellable timer;

        @Override
        public void init(ProcessorContext<Void, Void> given) {
            context = given;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            timer = context.schedule(Duration.ofMillis(50), PunctuationType.WALL_CLOCK_TIME, now -> {
                timer.cancel();
                throw Failures.withCause();
            });
        }
    }
}
