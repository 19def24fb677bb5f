// SPDX-License-Identifier: GPL-3.0-or-later
package com.acme;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** A transformation that fails without a word. */
public class Silent implements Transformation<SinkRecord> {
    @Override
    public SinkRecord apply(SinkRecord record) {
        throw Failures.silent();
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
}
