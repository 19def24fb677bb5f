// SPDX-License-Identifier: GPL-3.0-or-later
package com.acme;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Takes everything; with put.fails=true it reports each record as one that it could not take. */
public class LedgerSink extends SinkConnector {
    private Map<String, String> settings;

    @Override
    public void start(Map<String, String> given) {
        settings = given;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return LedgerTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return List.of(settings);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public String version() {
        return "1";
    }

    public static class LedgerTask extends SinkTask {
        private boolean fails;

        @Override
        public void start(Map<String, String> settings) {
            fails = Boolean.parseBoolean(settings.get("put.fails"));
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            if (fails)
                for (SinkRecord each : records) context.errantRecordReporter().report(each, Failures.withCause());
        }

        @Override
        public void stop() {}

        @Override
        public String version() {
            return "1";
        }
    }
}
