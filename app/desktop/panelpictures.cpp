// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/panelpictures.h"

#include "app/desktop/patience.h"
#include "views/shell/mainwindow.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QTableWidget>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

/// The page with one panel after another opened over it.
class Panels
{
public:
    Panels(views::MainWindow& window, views::Page& page, const PictureSink& sink)
        : m_window(window)
        , m_page(page)
        , m_sink(sink)
    {
    }

    /// What a key of the page does.
    void press(const QKeySequence& key) const
    {
        for (QAction* action : m_page.pageActions()) {
            if (action->shortcut() == key)
                action->trigger();
        }
    }
    template<typename Widget>
    [[nodiscard]] Widget* shown(const QString& name) const
    {
        for (Widget* widget : m_window.findChildren<Widget*>(name)) {
            if (widget->isVisible())
                return widget;
        }
        return nullptr;
    }
    void click(const QString& name) const
    {
        if (auto* button = shown<QPushButton>(name); button && button->isEnabled())
            button->click();
    }

    /// Waits for `floating` to be there (null: for the page to be settled), pictures it over the window, closes it.
    [[nodiscard]] Status take(const QString& name, const std::function<QWidget*()>& floating = {}) const
    {
        QWidget* over = nullptr;
        const bool came = waitUntil([&] {
            over = floating ? floating() : nullptr;
            return m_page.isSettled() && (!floating || over);
        });
        if (!came)
            return fail(ErrorCode::TimedOut, u"the panel %1 did not come"_s.arg(name));
        settleLayout();
        QPixmap picture = m_window.grab();
        if (over) {
            QPainter painter(&picture);
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 60));
            const QPoint at = m_window.mapFromGlobal(over->mapToGlobal(QPoint(0, 0)));
            const QPoint corner(std::clamp(at.x(), 0, std::max(0, m_window.width() - over->width())),
                                std::clamp(at.y(), 0, std::max(0, m_window.height() - over->height())));
            painter.drawPixmap(corner, over->grab());
            painter.end();
            over->close();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        return m_sink(u"dead-letters-"_s + name, picture);
    }
    [[nodiscard]] Status takeDialog(const QString& name, const QKeySequence& key) const
    {
        press(key);
        return take(name, [this] { return shown<QDialog>(u"confirmDialog"_s); });
    }

private:
    views::MainWindow& m_window;
    views::Page& m_page;
    const PictureSink& m_sink;
};

/// As somebody would who knows that topic.
void mapSomething(const Panels& panels)
{
    const auto choose = [&panels](const QString& field, int from, int which) {
        auto* source = panels.shown<QComboBox>(u"from-"_s + field);
        auto* what = panels.shown<QComboBox>(u"what-"_s + field);
        if (!source || !what)
            return;
        source->setCurrentIndex(from);
        if (which < what->count())
            what->setCurrentIndex(which);
        else
            what->setEditText(u"billing"_s);
    };
    choose(u"error_class"_s, 1, 1);
    choose(u"error_message"_s, 1, 2);
    choose(u"origin_topic"_s, 1, 3);
    choose(u"consumer"_s, 3, 1);
}

} // namespace

Status takePanelPictures(views::MainWindow& window, const PictureSink& sink)
{
    window.showPage(u"dead-letters"_s);
    views::Page* page = window.currentPage();
    if (!waitUntil([page] { return page->isSettled(); }))
        return fail(ErrorCode::TimedOut, u"the dead letters got no answer"_s);
    const Panels panels(window, *page, sink);
    using Step = std::function<Status()>;
    const std::vector<Step> steps{
        [&] {
            panels.press(Qt::Key_W);
            Status taken = panels.take(u"why"_s);
            panels.press(Qt::Key_W);
            return taken;
        },
        [&] {
            panels.press(Qt::Key_E);
            return panels.take(u"error"_s);
        },
        [&] {
            panels.press(Qt::Key_T);
            return panels.take(u"timeline"_s);
        },
        [&] {
            panels.press(Qt::Key_D);
            if (!waitUntil([&] { return panels.shown<QPushButton>(u"compareOrigin"_s) != nullptr; }))
                return Status(fail(ErrorCode::TimedOut, u"nothing to compare with"_s));
            panels.click(u"compareOrigin"_s);
            Status taken = panels.take(u"compare"_s);
            panels.press(Qt::Key_V);
            return taken;
        },
        [&] {
            panels.press(Qt::Key_N);
            Status taken = panels.take(u"notes"_s);
            panels.press(Qt::SHIFT | Qt::Key_K);
            if (taken)
                taken = panels.take(u"known"_s);
            panels.press(Qt::SHIFT | Qt::Key_A);
            if (taken)
                taken = panels.take(u"archive"_s);
            panels.press(Qt::Key_N);
            return taken;
        },
        [&] {
            panels.press(Qt::SHIFT | Qt::Key_D);
            return panels.take(u"more"_s, [&] { return panels.shown<QMenu>(u"moreActions"_s); });
        },
        [&] {
            panels.press(Qt::Key_Y);
            return panels.take(u"copy"_s, [&] { return panels.shown<QMenu>(u"copyMenu"_s); });
        },
        [&] {
            auto* groups = panels.shown<QAbstractItemView>(u"letterGroups"_s);
            if (!groups || groups->model()->rowCount() < 2)
                return Status();
            for (int row = 0; row < 2; ++row)
                groups->selectionModel()->select(groups->model()->index(row, 0), QItemSelectionModel::Select);
            Status taken = panels.takeDialog(u"merge"_s, Qt::SHIFT | Qt::Key_M);
            groups->clearSelection();
            return taken;
        },
        [&] { return panels.takeDialog(u"split"_s, Qt::SHIFT | Qt::Key_S); },
        [&] { return panels.takeDialog(u"triage"_s, Qt::Key_P); },
        [&] {
            panels.press(Qt::SHIFT | Qt::Key_H);
            return panels.take(u"mapping"_s, [&]() -> QWidget* {
                auto* fields = panels.shown<QTableWidget>(u"mappingFields"_s);
                if (!fields || !fields->isEnabled())
                    return nullptr;
                mapSomething(panels);
                return fields->window();
            });
        },
        [&] {
            panels.press(Qt::Key_R);
            return panels.take(u"replay"_s, [&]() -> QWidget* {
                auto* run = panels.shown<QPushButton>(u"replayRun"_s);
                return run && run->isEnabled() ? run->window() : nullptr;
            });
        },
    };
    for (const Step& step : steps) {
        if (const Status taken = step(); !taken)
            return taken;
    }
    return {};
}

} // namespace spillway
