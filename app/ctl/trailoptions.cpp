// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"
#include "model/base/text.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string key, maxBytes, since = "24h";
    std::optional<int> limit;
    std::vector<std::string> fields, topics;
    bool isBase64 = false, storedOnly = false, ownPartition = false;
};

using Family = CommandFamily<Words>;

std::string validSince(const std::string& word)
{
    return word == "all" ? std::string() : validDuration(word);
}

} // namespace

void addTrailCommand(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* trail =
        family.leaf(app, "trail", "What happened to one key or id: across topics, in time order", [](const Words& w) {
            TrailCommand command{.key = text(w.key), .isBase64 = w.isBase64};
            if (w.since != "all")
                command.since = durationOf(w.since);
            command.limit = w.limit.value_or(command.limit);
            command.maxBytes = parseSizeBytes(text(w.maxBytes)).value_or(command.maxBytes);
            command.fields = texts(w.fields);
            command.topics = texts(w.topics);
            command.storedOnly = w.storedOnly;
            command.ownPartitionOnly = w.ownPartition;
            return command;
        });
    trail->add_option("KEY", words.key, "A record's key, or an id that records bear")->required()->type_name("");
    trail->add_option("--since", words.since, "How far back topics and logs are read; all: as far as there is")
        ->type_name("DURATION")
        ->check(validSince)
        ->capture_default_str();
    trail->add_option("--limit", words.limit, "At most this many entries; default: 1000")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000));
    trail->add_option("--max-bytes", words.maxBytes, "Read at most so much from brokers and files; default: 1GiB")
        ->type_name("SIZE")
        ->check(validSize);
    trail->add_option("--field", words.fields, "Where else the key may stand: payload.order.id, header.X-Order")
        ->type_name("FIELD")
        ->allow_extra_args(false);
    trail->add_option("--topic", words.topics, "A topic besides the catalog's")
        ->type_name("TOPIC")
        ->allow_extra_args(false);
    trail->add_flag("--base64", words.isBase64, "KEY is base64, for keys that are no text");
    auto* stored = trail->add_flag("--stored", words.storedOnly, "Only what is stored; asks no broker");
    trail
        ->add_flag("--own-partition", words.ownPartition,
                   "Of each topic only the partition where a Java client puts the key")
        ->excludes(stored);
}

} // namespace spillway::ctl
