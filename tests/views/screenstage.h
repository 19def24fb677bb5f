// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/shell/mainwindow.h"

#include <QCoreApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include <memory>

namespace spillway::test {

/// What a test of a screen stands on: a window with the page, over a source and a clock of the test's own. A test class
/// inherits it beside QObject.
/// @tparam PrompterOfTest  answers dialogs, or opens them
template<typename PrompterOfTest>
class ScreenStage
{
protected:
    /// For initTestCase: no test sees another program's settings, or a person's.
    static void claimSettings(const QString& program)
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("spillway-test"));
        QCoreApplication::setApplicationName(program);
    }

    /// For init: everything anew.
    void set()
    {
        strike();
        QSettings().clear();
        m_prompter = std::make_unique<PrompterOfTest>();
        m_source = std::make_unique<FakeDataSource>(m_clock.now());
        m_settings = std::make_unique<views::ViewSettings>(m_clock);
        m_window = std::make_unique<views::MainWindow>(context());
        m_window->resize(1440, 900);
    }
    [[nodiscard]] views::ViewContext context() const { return {*m_source, *m_settings, *m_prompter}; }
    template<typename Page>
    Page* add(Page* page)
    {
        m_window->addPage(page);
        return page;
    }
    /// False, and the test has failed, when the window does not get the keyboard.
    [[nodiscard]] bool raise()
    {
        m_window->show();
        m_window->activateWindow();
        return QTest::qWaitForWindowActive(m_window.get());
    }

    /// For cleanup: loads under way end first.
    void strike()
    {
        if (m_source)
            m_source->isHeld = false;
        m_window.reset();
        views::waitForLoads();
    }

    ManualClock m_clock;
    std::unique_ptr<FakeDataSource> m_source;
    std::unique_ptr<views::ViewSettings> m_settings;
    std::unique_ptr<PrompterOfTest> m_prompter;
    std::unique_ptr<views::MainWindow> m_window;
};

} // namespace spillway::test
