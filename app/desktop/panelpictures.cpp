// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/panelpictures.h"

#include "app/desktop/patience.h"
#include "views/deadletters/revealbar.h"
#include "views/shell/mainwindow.h"
#include "views/widgets/prompter.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
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
            const QSize room = m_window.size() - over->size();
            // A menu opens beside its button, a dialog over the window's middle; a screen smaller than the window moved
            // both.
            const bool isMenu = qobject_cast<QMenu*>(over) != nullptr;
            const QPoint corner(std::clamp(isMenu ? at.x() : room.width() / 2, 0, std::max(0, room.width())),
                                std::clamp(isMenu ? at.y() : room.height() / 2, 0, std::max(0, room.height())));
            painter.drawPixmap(corner, over->grab());
            painter.end();
            over->close();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        return m_sink(m_page.id() + u'-' + name, picture);
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
    const auto choose = [&panels](const QString& field, int from, const QString& which) {
        auto* source = panels.shown<QComboBox>(u"from-"_s + field);
        auto* what = panels.shown<QComboBox>(u"what-"_s + field);
        if (!source || !what)
            return;
        source->setCurrentIndex(from);
        if (const int known = what->findText(which); known >= 0)
            what->setCurrentIndex(known);
        else
            what->setEditText(which);
    };
    choose(u"error_class"_s, 1, u"kafka_dlt-exception-cause-fqcn"_s);
    choose(u"error_message"_s, 1, u"kafka_dlt-exception-message"_s);
    choose(u"origin_topic"_s, 1, u"kafka_dlt-original-topic"_s);
    choose(u"consumer"_s, 3, u"payment-service"_s);
}

/// Own rules as somebody types them, once they were tried. Null: not yet.
QWidget* triedKinds(const Panels& panels)
{
    auto* text = panels.shown<QPlainTextEdit>(u"kindRulesText"_s);
    auto* save = panels.shown<QPushButton>(u"saveKindRules"_s);
    if (!text || !text->isEnabled() || !save)
        return nullptr;
    const QString rules = u"rules:\n"
                          "  - name: the gateway is asked again at night\n"
                          "    kind: business\n"
                          "    class: 'Timeout|Connect'\n"
                          "    consumers: [payment-service]\n"
                          "    reason: the gateway's window is agreed with the bank\n"
                          "    suggestion: replay after 22:00\n"_s;
    if (text->toPlainText() != rules)
        text->setPlainText(rules);
    return save->isEnabled() ? save->window() : nullptr;
}

/// The rules of a team that wants one group for its service, while it lives.
class TrialRules
{
public:
    explicit TrialRules(const QString& file)
        : m_file(file)
    {
        if (m_file.open(QIODevice::ReadWrite))
            m_before = m_file.readAll();
        write("version: 1\n"
              "rules:\n"
              "  - name: the payment service\n"
              "    when: { error_class: com.acme.payment.* }\n"
              "    fingerprint: payment-service\n"
              "    title: The payment service refuses orders\n");
    }
    ~TrialRules() { write(m_before); }
    TrialRules(const TrialRules&) = delete;
    TrialRules& operator=(const TrialRules&) = delete;

private:
    void write(const QByteArray& text)
    {
        m_file.resize(0);
        m_file.seek(0);
        m_file.write(text);
        m_file.flush();
    }
    QFile m_file;
    QByteArray m_before;
};

/// What is wrong with the dead-letter topics, which a row of Overview leads to.
Status takeSetupPicture(views::MainWindow& window, const PictureSink& sink)
{
    window.showPage(u"overview"_s);
    views::Page* page = window.currentPage();
    if (!waitUntil([page] { return page->isSettled(); }))
        return fail(ErrorCode::TimedOut, u"the overview got no answer"_s);
    const Panels panels(window, *page, sink);
    for (auto* button : page->findChildren<QPushButton*>()) {
        if (!button->isVisible() || button->text() != u"Look at the setup"_s)
            continue;
        button->click();
        Status taken = panels.take(u"setup"_s);
        panels.click(u"setupBack"_s);
        return taken;
    }
    return fail(ErrorCode::NotFound, u"the demo's set-up is without fault, and so its page is in no picture"_s);
}

/// The open review with a decision half made, and the question that ends it.
Status takeReviewPictures(views::MainWindow& window, const PictureSink& sink)
{
    window.showPage(u"review"_s);
    views::Page* page = window.currentPage();
    if (!waitUntil([page] { return page->isSettled(); }))
        return fail(ErrorCode::TimedOut, u"the review got no answer"_s);
    const Panels panels(window, *page, sink);
    panels.press(Qt::Key_1);
    const auto write = [&panels](const QString& field, const QString& text) {
        if (auto* line = panels.shown<QLineEdit>(field))
            line->setText(text);
    };
    if (auto* note = panels.shown<QPlainTextEdit>(u"reviewNote"_s))
        note->setPlainText(u"The gateway answers again since 08:40."_s);
    write(u"reviewAction"_s, u"Replay what is left, slowly"_s);
    write(u"reviewWho"_s, u"payment-team"_s);
    if (const Status taken = panels.take(u"decision"_s); !taken)
        return taken;
    panels.click(u"closeReview"_s);
    return panels.take(u"close"_s, [&] { return panels.shown<QDialog>(u"confirmDialog"_s); });
}

} // namespace

Status takePanelPictures(views::MainWindow& window, const QString& groupingFile, const PictureSink& sink)
{
    if (const Status taken = takeSetupPicture(window, sink); !taken)
        return taken;
    if (const Status taken = takeReviewPictures(window, sink); !taken)
        return taken;
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
            groups->selectionModel()->setCurrentIndex(groups->model()->index(0, 0),
                                                      QItemSelectionModel::ClearAndSelect);
            return taken;
        },
        [&] {
            const TrialRules rules(groupingFile);
            panels.press(Qt::SHIFT | Qt::Key_D);
            if (!waitUntil([&] { return panels.shown<QMenu>(u"moreActions"_s) != nullptr; }))
                return Status(fail(ErrorCode::TimedOut, u"the menu did not come"_s));
            auto* menu = panels.shown<QMenu>(u"moreActions"_s);
            if (auto* regroup = menu->findChild<QAction*>(u"regroup"_s))
                regroup->trigger();
            menu->close();
            return panels.take(u"regroup"_s, [&] { return panels.shown<QDialog>(u"confirmDialog"_s); });
        },
        [&] {
            panels.press(Qt::SHIFT | Qt::Key_W);
            Status taken = panels.take(u"kinds"_s, [&] { return triedKinds(panels); });
            panels.click(u"confirmAccept"_s); // what was typed is not kept
            return taken;
        },
        [&] {
            // The demo masks nothing; this asks in a workspace that does.
            views::DialogPrompter prompter;
            views::RevealBar bar(prompter, page);
            bar.setLetter(u"e8fcb845-1-66-076aef15"_s);
            bar.findChild<QPushButton*>(u"revealButton"_s)->click();
            return panels.take(u"reveal"_s, [&] { return panels.shown<QDialog>(u"confirmDialog"_s); });
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
                auto* preview = panels.shown<QTableWidget>(u"mappingPreview"_s); // comes a moment later
                return preview && preview->columnCount() > 4 ? fields->window() : nullptr;
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
