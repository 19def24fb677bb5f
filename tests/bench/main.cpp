// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/benches.h"

#include <QCoreApplication>

#include <cstdio>
#include <functional>
#include <map>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

/// spillway_bench NAME [ARGUMENT …]: one measurement in a process of its own. packaging/bench knows which, and with
/// what.
int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = application.arguments();
    const auto at = [&words](int i) { return words.value(i); };
    const std::map<QString, std::function<void()>> benches{
        {u"make-store"_s, [&] { bench::makeStore(at(2), at(3).toLongLong()); }},
        {u"judge-letters"_s, [&] { bench::judgeLetters(at(2), at(3).toLongLong()); }},
        {u"insert-plainly"_s, [&] { bench::insertPlainly(at(2), at(3).toLongLong()); }},
        {u"list-groups"_s, [&] { bench::listGroups(at(2)); }},
        {u"search"_s, [&] { bench::search(at(2)); }},
        {u"search-memory"_s, [&] { bench::searchMemory(at(2).toLongLong()); }},
        {u"produce-letters"_s, [&] { bench::produceLetters(at(2), at(3), at(4).toLongLong()); }},
        {u"take-in"_s, [&] { bench::takeIn(at(2), at(3), at(4)); }},
        {u"read-and-insert"_s, [&] { bench::readAndInsert(at(2), at(3), at(4), at(5).toLongLong()); }},
        {u"sample-lag"_s, [&] { bench::sampleLag(at(2)); }},
        {u"open-slos"_s, [&] { bench::openSlos(at(2), at(3).toLongLong()); }},
        {u"load-catalog"_s, [&] { bench::loadCatalogOf(at(2), at(3).toInt()); }}};
    const auto bench = benches.find(at(1));
    if (bench == benches.end()) {
        std::fprintf(stderr, "bench: there is no measurement \"%s\"\n", at(1).toUtf8().constData());
        return 2;
    }
    bench->second();
    return 0;
}
