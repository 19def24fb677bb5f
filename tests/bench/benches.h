// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

/// What packaging/bench runs, each in a process of its own. Each says its figures (measure.h) and ends the process when
/// it cannot be run.
namespace spillway::bench {

void makeStore(const QString& folder, std::int64_t count);
void judgeLetters(const QString& folder, std::int64_t count);
void insertPlainly(const QString& folder, std::int64_t count);
void listGroups(const QString& folder);
void search(const QString& folder);
void searchMemory(std::int64_t count);

/// Topics of dead letters on a broker. `embedded` as bootstrap starts the one in the process.
void produceLetters(const QString& bootstrap, const QString& topicPrefix, std::int64_t count);
void takeIn(const QString& bootstrap, const QString& topicPrefix, const QString& folder);
void readAndInsert(const QString& bootstrap, const QString& topic, const QString& folder, std::int64_t count);

void sampleLag(const QString& folder);
void openSlos(const QString& folder, std::int64_t count);
void loadCatalogOf(const QString& folder, int events);

} // namespace spillway::bench
