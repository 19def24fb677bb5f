// SPDX-License-Identifier: GPL-3.0-or-later
// spillway_desktop_bench WORKSPACE STATE [SECONDS]: the desktop as people start it, on a state that has its letters.
//   without SECONDS   how long it takes from the process' start to the first painted screen and to the dead letters
//   with SECONDS      how long the window's thread is kept from its events while letters arrive
#include "app/desktop/desktop.h"
#include "tests/bench/measure.h"
#include "views/deadletters/grouplist.h"
#include "views/theme/theme.h"

#include <QApplication>
#include <QDateTime>
#include <QEventLoop>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace spillway;
using namespace spillway::bench;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Notes when a window was painted first.
class FirstPaint final : public QObject
{
public:
    bool eventFilter(QObject* object, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && !at && qobject_cast<views::MainWindow*>(object->parent()))
            at = std::chrono::system_clock::now();
        return false;
    }
    std::optional<std::chrono::system_clock::time_point> at;
};

/// STARTED_NS: when the process was asked for, in nanoseconds since 1970; the loader's work counts too.
double msSinceStart(std::chrono::system_clock::time_point at)
{
    const qint64 startedNs = qEnvironmentVariable("STARTED_NS").toLongLong();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
    return static_cast<double>(ns - startedNs) / 1e6;
}

void waitUntil(const std::function<bool()>& isSo, int mostMs = 60'000)
{
    QEventLoop loop;
    QTimer tick;
    QObject::connect(&tick, &QTimer::timeout, &loop, [&] {
        if (isSo())
            loop.quit();
    });
    QTimer::singleShot(mostMs, &loop, [&] {
        std::fprintf(stderr, "bench: the desktop did not get there within %d ms\n", mostMs);
        std::exit(1);
    });
    tick.start(1);
    loop.exec();
}

/// How late each tick of a timer comes that is due at once: what a click would have had to wait; and how long the
/// window's thread worked meanwhile: what is left of a wait when nobody else wants the processor.
void measureStalls(int seconds)
{
    std::vector<double> gaps;
    std::vector<double> works;
    auto last = std::chrono::steady_clock::now();
    double lastWork = threadSeconds();
    QEventLoop loop;
    QTimer tick;
    tick.setTimerType(Qt::PreciseTimer);
    QObject::connect(&tick, &QTimer::timeout, &loop, [&] {
        gaps.push_back(secondsSince(last) * 1000);
        last = std::chrono::steady_clock::now();
        const double work = threadSeconds();
        works.push_back((work - lastWork) * 1000);
        lastWork = work;
    });
    QTimer::singleShot(seconds * 1000, &loop, &QEventLoop::quit);
    const double busy = threadSeconds();
    tick.start(1);
    loop.exec();
    std::sort(gaps.begin(), gaps.end());
    say("ui-stall-p99", gaps.at(gaps.size() * 99 / 100), "ms");
    say("ui-stall-longest", gaps.back(), "ms");
    std::sort(works.begin(), works.end());
    say("ui-work-p99", works.at(works.size() * 99 / 100), "ms");
    say("ui-work-longest", works.back(), "ms");
    say("ui-busy", (threadSeconds() - busy) / seconds * 100, "percent");
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc < 3)
        return 64;
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication::setApplicationName(u"spillway"_s);
    views::Theme theme(application);
    theme.setMode(views::Theme::Mode::Light);
    FirstPaint paint;
    application.installEventFilter(&paint);
    Desktop desktop(QString::fromLocal8Bit(argv[2]));
    desktop.open({.workspace = QString::fromLocal8Bit(argv[1]),
                  .stateFolder = QString::fromLocal8Bit(argv[2]),
                  .isDemo = false});
    waitUntil([&] { return desktop.workbench() && paint.at; });
    views::MainWindow& window = desktop.workbench()->window();
    say("start-paint", msSinceStart(*paint.at), "ms");
    waitUntil([&] { return window.currentPage()->isSettled(); });
    say("start-settled", msSinceStart(std::chrono::system_clock::now()), "ms");
    window.showPage(u"dead-letters"_s);
    auto* groups = window.findChild<views::GroupList*>(u"letterGroups"_s);
    waitUntil([&] { return window.currentPage()->isSettled() && groups && groups->count() > 0; });
    say("start-letters", msSinceStart(std::chrono::system_clock::now()), "ms");
    say("desktop-memory", peakMiB(), "MiB");
    say("desktop-memory-own", heldMiB(), "MiB");
    if (argc > 3) {
        measureStalls(QByteArray(argv[3]).toInt());
        say("desktop-memory-following", peakMiB(), "MiB");
    }
    return 0;
}
